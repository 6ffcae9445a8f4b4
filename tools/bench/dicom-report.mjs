import { availableParallelism } from 'node:os';
import { median, spread } from './statistics.mjs';

/** Issue 4: times faster than the peer at read and write; share of a copy's speed; times slower than the fastest decoder. */
const TARGETS = { dcmjs: 10, pydicom: 5, copy: 0.5, decode: 1.2 };
/** Of the machine's time, taken by other programs: above it a figure counts as taken under load. */
const QUIET_SHARE = 0.1;
const CLOCKS = ['wallMs', 'cpuMs'];

/** @param rows measurements, a list of rounds each, in the order taken. */
export function summarise({ settings, versions, missing, bytes, frames, load }) {
  return {
    benchmark: 'dicom',
    machine: { cores: availableParallelism(), node: process.version, platform: `${process.platform} ${process.arch}` },
    settings,
    versions,
    missing,
    bytes: bytes.map(bytesRow),
    frames: frames.map(framesRow),
    load: load === undefined ? { known: false } : { known: true, ...load, quiet: load.others <= QUIET_SHARE },
  };
}

function bytesRow({ rounds, ...row }) {
  const times = timesOf(rounds);
  const against = Object.keys(times.measured).filter((name) => name !== 'precedent');
  const ratios = Object.fromEntries(
    against.map((name) => [name, ratioOf(rounds, name, 'precedent', targetOf(row, name))]),
  );
  return { ...row, ...times, ratios };
}

/** Reading alone has no target, and a copy is one for large objects only: a small one costs what its elements cost. */
function targetOf({ operation, large }, name) {
  if (operation !== 'rewrite' || (name === 'copy' && !large)) return undefined;
  return { value: TARGETS[name], atLeast: true };
}

/** Against the fastest of the peers, by the median: the target is not to be slower, whoever it is. */
function framesRow({ rounds, ...row }) {
  const times = timesOf(rounds);
  const peers = Object.keys(times.measured).filter((name) => name !== 'precedent');
  if (peers.length === 0 || times.measured.precedent === undefined) return { ...row, ...times, ratios: {} };
  const wall = (name) => times.measured[name].wallMs.median;
  const best = peers.reduce((fastest, name) => (wall(name) < wall(fastest) ? name : fastest));
  return {
    ...row,
    ...times,
    best,
    ratios: { [best]: ratioOf(rounds, 'precedent', best, { value: TARGETS.decode, atLeast: false }) },
  };
}

function timesOf(rounds) {
  const [first] = rounds;
  const failed = {};
  const measured = {};
  for (const name of Object.keys(first)) {
    const failure = rounds.find((round) => round[name].failed !== undefined)?.[name].failed;
    if (failure !== undefined) failed[name] = failure;
    else
      measured[name] = Object.fromEntries(
        CLOCKS.map((clock) => [clock, spread(rounds.map((round) => round[name][clock]))]),
      );
  }
  return { measured, failed };
}

/** How many times longer `upper` takes than `lower`: ratio of the medians, so that one lucky round meets no target. */
function ratioOf(rounds, upper, lower, target) {
  const of = (clock) => {
    const times = (name) => rounds.map((round) => round[name][clock]);
    const byRound = rounds.map((round) => round[upper][clock] / round[lower][clock]);
    return { value: median(times(upper)) / median(times(lower)), byRound: spread(byRound) };
  };
  const ratio = { wall: of('wallMs'), cpu: of('cpuMs') };
  if (target === undefined) return ratio;
  const { value, atLeast } = target;
  return { ...ratio, target: value, met: atLeast ? ratio.wall.value >= value : ratio.wall.value <= value };
}

const digits = (value) => (value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
const short = (value) => value.toFixed(digits(value));
const percent = (value) => `${(100 * value).toFixed(0)} %`;
const range = ({ median: middle, min, max }) => `${short(middle)} (${short(min)} to ${short(max)})`;

/** The report as text: tables as they stand in docs/benchmarks.md. */
export function describe(result) {
  const { machine, settings, versions, missing, bytes, frames, load } = result;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${[
    '',
    `DICOM bytes and frames: ${machine.cores} cores, Node ${machine.node}; ${peers.join(', ')}; ${settings.rounds} rounds in turns`,
    ...missing.map((name) => `NOT HERE, not measured: ${name}`),
    ...(bytes.length > 0 ? ['', ...bytesTable(bytes)] : []),
    ...(frames.length > 0 ? ['', ...framesTable(frames)] : []),
    '',
    describeLoad(load),
  ].join('\n')}\n`;
}

const AGAINST = [
  ['dcmjs', `dcmjs takes, times ours (aim ≥ ${TARGETS.dcmjs})`],
  ['pydicom', `pydicom takes, times ours (aim ≥ ${TARGETS.pydicom})`],
  ['copy', `a copy in memory takes, of ours (aim ≥ ${TARGETS.copy} when large)`],
];

function bytesTable(rows) {
  return [
    'Reading and rewriting in memory; ratios by wall clock (min to max by round), then by CPU time; **bold**: aim not met',
    '',
    `| object | what | precedent, ms | ${AGAINST.map(([, title]) => title).join(' | ')} |`,
    '|---|---|---:|---:|---:|---:|',
    ...rows.map(lineOfBytes),
  ];
}

function lineOfBytes({ object, size, operation, measured, failed, ratios }) {
  const what = operation === 'parse' ? 'read' : 'read, replace 20, write';
  const label = `${object} (${size < 1e6 ? `${Math.round(size / 1e3)} kB` : `${Math.round(size / 1e6)} MB`})`;
  const cells = AGAINST.map(([name]) =>
    failed[name] === undefined ? ratioCell(ratios[name]) : `failed: ${failed[name]}`,
  );
  return `| ${label} | ${what} | ${range(measured.precedent.wallMs)} | ${cells.join(' | ')} |`;
}

function ratioCell(ratio) {
  if (ratio === undefined) return '–';
  const { wall, cpu, met } = ratio;
  const value = `${range({ ...wall.byRound, median: wall.value })}; CPU ${short(cpu.value)}`;
  return met === false ? `**${value}**` : value;
}

function framesTable(rows) {
  return [
    `Decoding, 512 × 512, ms a frame; ours / fastest peer, aim at most ${TARGETS.decode}; **bold**: aim not met`,
    '',
    '| syntax | precedent | peers | ours / fastest peer |',
    '|---|---:|---|---:|',
    ...rows.map(lineOfFrames),
  ];
}

function lineOfFrames({ uid, syntax, measured, failed, best, ratios }) {
  const { precedent, ...others } = measured;
  const peers = Object.entries(others).map(([name, { wallMs }]) => `${name} ${range(wallMs)}`);
  const failures = Object.entries(failed).map(([name, why]) => `${name} failed: ${why}`);
  const seen = [...peers, ...failures].join('; ') || 'none here';
  return `| .${uid} ${syntax} | ${range(precedent.wallMs)} | ${seen} | ${ratioCell(ratios[best])} |`;
}

function describeLoad(load) {
  if (!load.known) return 'Load of other programs: not known on this system.';
  const said = `Other programs took ${percent(load.others)} of the machine; ${percent(load.idle)} lay idle (one core is all a turn uses).`;
  return load.quiet ? said : `${said}\nTAKEN UNDER LOAD: not a figure to quote; run it again on a quiet machine.`;
}
