import { availableParallelism } from 'node:os';
import { median, spread } from './statistics.mjs';

const TARGET = 0.7;
/** Of the machine's time, taken by other programs: above it a figure counts as taken under load. */
const QUIET_SHARE = 0.1;
const ROLES = ['encoder', 'service', 'imaging', 'postgres', 'importer', 'other'];

const rate = ({ images, seconds }) => images / seconds;
const perImage = (seconds, images) => (1000 * seconds) / images;

/** @param rounds pairs of measurements, in the order taken. */
export function summarise(cases, settings, rounds) {
  const bare = rounds.map((round) => round.bare);
  const pipeline = rounds.map((round) => round.pipeline);
  const [first] = pipeline;
  const ratio = median(pipeline.map(rate)) / median(bare.map(rate));
  return {
    benchmark: 'pipeline',
    machine: { cores: availableParallelism(), node: process.version, platform: `${process.platform} ${process.arch}` },
    settings: { threads: settings.threads, imagingProcesses: settings.imagingProcesses, provider: first.provider },
    cases: { name: cases, files: first.files, studies: first.studies, images: first.images, heldBack: first.heldBack },
    rounds: rounds.length,
    bareImagesPerSecond: spread(bare.map(rate)),
    pipelineImagesPerSecond: spread(pipeline.map(rate)),
    ratio,
    ratioByRound: spread(rounds.map((round) => rate(round.pipeline) / rate(round.bare))),
    target: TARGET,
    met: ratio >= TARGET,
    ...cpuSummary(cpuOf(bare), cpuOf(pipeline), settings.threads),
    sendShare: median(pipeline.map((each) => each.sendSeconds / each.seconds)),
    stageShare: stageShares(pipeline),
    load: loadOf([...bare, ...pipeline]),
    profiled: settings.cpuProf !== undefined,
  };
}

/**
 * The ratio that the CPU time allows, were every core busy all the time: independent of what else the machine did, apart from
 * caches. An encoder with fewer threads than cores has its threads alone, and the pipeline has every core.
 */
function cpuSummary(bare, pipeline, threads) {
  const cores = availableParallelism();
  const bareMs = threads < cores ? (bare.encoder ?? 0) / threads : bare.total / cores;
  const pipelineMs = Math.max(bareMs, pipeline.total / cores);
  return {
    cpuMsPerImage: { bare, pipeline },
    ratioAllowedByCpu: pipelineMs > 0 ? bareMs / pipelineMs : undefined,
  };
}

/** CPU milliseconds an image, by process; medians over the rounds. The benchmark itself only counts where it feeds the encoder. */
function cpuOf(runs) {
  const roles = new Set(runs.flatMap(({ cpu }) => Object.keys(cpu.byRole)));
  const isPipeline = roles.has('service');
  if (isPipeline) roles.delete('bench');
  const of = (role) => median(runs.map(({ cpu, images }) => perImage(cpu.byRole[role] ?? 0, images)));
  const byRole = Object.fromEntries([...roles].map((role) => [role, of(role)]));
  return { ...byRole, total: Object.values(byRole).reduce((sum, value) => sum + value, 0) };
}

function stageShares(runs) {
  const stages = Object.keys(runs[0].stageSeconds);
  const of = (stage) => median(runs.map(({ stageSeconds, seconds }) => (stageSeconds[stage] ?? 0) / seconds));
  return Object.fromEntries(stages.map((stage) => [stage, of(stage)]));
}

/** What the machine did besides: share of all cores that other programs took, and that lay idle, the worst run of all. */
function loadOf(runs) {
  const known = runs.filter(({ cpu }) => cpu.machine !== undefined);
  if (known.length === 0) return { known: false };
  const share = (pick) => (run) => {
    const { idle, others } = run.cpu.machine;
    return pick(run.cpu.machine) / (idle + others + run.cpu.total);
  };
  const others = spread(known.map(share(({ others: seconds }) => seconds)));
  const idle = spread(known.map(share(({ idle: seconds }) => seconds)));
  return { known: true, others, idle, quiet: others.max <= QUIET_SHARE };
}

const fixed = (value, digits = 1) => value.toFixed(digits);
const percent = (value) => `${fixed(100 * value, 0)} %`;
const range = ({ median: middle, min, max }, show = fixed) => `${show(middle)} (${show(min)} to ${show(max)})`;

/** The report as text. */
export function describe(result) {
  const { machine, settings, cases, rounds, load } = result;
  const held = Object.entries(cases.heldBack).map(([reason, count]) => `${count} ${reason}`);
  return `${[
    '',
    `Pipeline against the bare encoder: ${machine.cores} cores, Node ${machine.node}, ${settings.threads} encoder threads, ` +
      `${settings.imagingProcesses} imaging process(es), ${settings.provider}`,
    `${cases.name}: ${cases.files} files, ${cases.studies} studies, ${cases.images} images embedded` +
      (held.length > 0 ? ` (held back: ${held.join(', ')})` : ''),
    '',
    `images/s, median of ${rounds} (min to max)`,
    `  encoder alone   ${range(result.bareImagesPerSecond)}`,
    `  pipeline        ${range(result.pipelineImagesPerSecond)}`,
    `  ratio           ${percent(result.ratio)}   by round ${range(result.ratioByRound, percent)}   ` +
      `aim ≥ ${percent(result.target)}: ${result.met ? 'met' : 'NOT met'}`,
    '',
    ...describeCpu(result.cpuMsPerImage, result.ratioAllowedByCpu),
    '',
    `share of the pipeline's time: sending ${percent(result.sendShare)}, busy stages (they overlap) ` +
      Object.entries(result.stageShare)
        .map(([stage, share]) => `${stage} ${percent(share)}`)
        .join(', '),
    describeLoad(load),
    ...(result.profiled ? ['Taken with the profiler on: not a figure to quote.'] : []),
  ].join('\n')}\n`;
}

function describeCpu({ bare, pipeline }, allowed) {
  if (pipeline.total === 0) return ['CPU time by process: not known on this system.'];
  const rows = ROLES.filter((role) => (pipeline[role] ?? 0) > 0 || (bare[role] ?? 0) > 0);
  return [
    'CPU ms an image       alone   pipeline',
    ...[...rows, 'total'].map((role) => `  ${role.padEnd(18)}${cell(bare[role])}${cell(pipeline[role], 11)}`),
    `  feeder (alone)    ${cell(bare.bench)}`,
    `With every core busy all the time this CPU time would allow a ratio of ${percent(allowed)}.`,
  ];
}

const cell = (value, width = 7) => (value === undefined ? '–' : fixed(value, 2)).padStart(width);

function describeLoad(load) {
  if (!load.known) return 'Load of other programs: not known on this system.';
  const said = `Other programs took ${range(load.others, percent)} of the machine; ${range(load.idle, percent)} lay idle.`;
  return load.quiet ? said : `${said}\nTAKEN UNDER LOAD: not a figure to quote; run it again on a quiet machine.`;
}
