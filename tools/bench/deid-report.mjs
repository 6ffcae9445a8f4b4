import { availableParallelism } from 'node:os';
import { OURS, PYTHON_PEERS } from './deid-peers.mjs';
import { median, spread } from './statistics.mjs';

/** Issue 5: how many times the product's CPU time a peer takes. The Python tools are those that are interpreted: dcmanon is Rust. */
const TARGETS = { python: 20, dcmanon: 1 };
const QUIET_SHARE = 0.1;

/** @param rounds one answer a tool and round: CPU time at its start, after the first half, at the end, in ms. */
export function summarise({ settings, set, objects, versions, missing, rounds, load }) {
  const { files, halfCount } = objects;
  const names = Object.keys(rounds[0]);
  const rows = names.map((name) =>
    rowOf(
      name,
      rounds.map((round) => round[name]),
      { n: files.length, half: halfCount },
    ),
  );
  return {
    benchmark: 'deid',
    machine: { cores: availableParallelism(), node: process.version, platform: `${process.platform} ${process.arch}` },
    settings,
    set,
    objects: { all: files.length, firstHalf: halfCount },
    versions,
    missing,
    rows: rows.map((row) => ({ ...row, ratios: ratiosOf(row, rows) })),
    pixels: settings.pixels ? { measured: false, why: PIXELS } : undefined,
    load: load === undefined ? { known: false } : { known: true, ...load, quiet: load.others <= QUIET_SHARE },
  };
}

const PIXELS =
  'this benchmark has no pixel path yet; it measures headers only, and pixels pass through the product as they do through every peer.';

function rowOf(name, answers, { n, half }) {
  const failure = answers.find(({ failed }) => failed !== undefined)?.failed;
  if (failure !== undefined) return { name, failed: failure };
  const [{ cameOut, refused, remains }] = answers;
  const of = (measure) => spread(answers.map(measure));
  return {
    name,
    startMs: of(({ marks, startMs }) => startMs ?? marks[0]),
    firstMs: of(({ marks }) => (marks[1] - marks[0]) / half),
    eachMs: of(({ marks }) => (marks[2] - marks[1]) / (n - half)),
    ...(answers[0].wallMs === undefined ? {} : { wallPerSecond: of(({ wallMs }) => (1000 * n) / wallMs) }),
    cameOut,
    refused,
    remains,
  };
}

/** How many times ours the others take, by the medians. */
function ratiosOf(row, rows) {
  if (row.eachMs === undefined || row.eachMs.min <= 0 || Object.values(OURS).includes(row.name) || row.name === 'copy')
    return {};
  const against = (name) => {
    const ours = rows.find((each) => each.name === name);
    const value = median(row.eachMs.values) / median(ours.eachMs.values);
    const byRound = spread(row.eachMs.values.map((each, round) => each / ours.eachMs.values[round]));
    return { value, byRound, ...verdict(row.name, value) };
  };
  return { plain: against(OURS.plain), warm: against(OURS.warm) };
}

function verdict(name, value) {
  if (!PYTHON_PEERS.includes(name)) return {};
  const target = TARGETS[name] ?? TARGETS.python;
  return { target, met: value >= target };
}

const short = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const range = ({ median: middle, min, max }, scale = 1) =>
  `${short(middle * scale)} (${short(min * scale)}–${short(max * scale)})`;
const percent = (value) => `${(100 * value).toFixed(0)} %`;

/** The report as text: the table as it stands in docs/benchmarks.md. */
export function describe(result) {
  const { machine, settings, set, objects, versions, missing, rows, pixels, load } = result;
  const peers = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${[
    '',
    `De-identification of headers: ${set}, ${objects.all} objects; ${machine.cores} cores, Node ${machine.node}; ${settings.rounds} rounds in turns`,
    ...(peers.length > 0 ? [`Peers: ${peers.join(', ')}`] : []),
    ...missing.map((name) => `NOT HERE, not measured: ${name}`),
    '',
    'CPU time (user and system), reading the file and writing the result included; start apart; **bold**: aim not met',
    '',
    '| tool | start, s | first half, ms an object | second half, ms an object | objects/s a core | takes, times ours | takes, times ours compiled | came out | name, ID or UID left in |',
    '|---|---:|---:|---:|---:|---:|---:|---:|---:|',
    ...rows.map((row) => lineOf(row, objects.all)),
    '',
    ...rows
      .filter(({ wallPerSecond }) => wallPerSecond)
      .map(
        ({ name, wallPerSecond }) =>
          `${name}${name === OURS.jobs ? ` ${settings.jobs}` : ''}: ${range(wallPerSecond)} objects/s by the clock, start included.`,
      ),
    ...(pixels === undefined ? [] : ['', `PIXELS NOT MEASURED: ${pixels.why}`]),
    '',
    describeLoad(load),
  ].join('\n')}\n`;
}

function lineOf(row, all) {
  const { name, failed, startMs, firstMs, eachMs, ratios, cameOut, refused, remains } = row;
  if (failed !== undefined) return `| ${name} | failed: ${failed} |  |  |  |  |  |  |  |`;
  const reasons = Object.entries(refused).map(([reason, count]) => `${count} ${reason}`);
  const out = `${cameOut} of ${all}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`;
  // What the second half costs is a difference of two runs of a command: with few objects the clock's noise is larger.
  const known = eachMs.min > 0;
  const each = known ? range(eachMs) : 'too few objects to tell';
  const perSecond = known ? short(1000 / eachMs.median) : '–';
  const left =
    name === 'copy' || remains === undefined ? '–' : percent(remains.outputs === 0 ? 0 : remains.any / remains.outputs);
  return `| ${name} | ${range(startMs, 0.001)} | ${range(firstMs)} | ${each} | ${perSecond} | ${ratio(ratios.plain)} | ${ratio(ratios.warm)} | ${out} | ${left} |`;
}

function ratio(found) {
  if (found === undefined) return '–';
  const value = range({ ...found.byRound, median: found.value });
  return found.met === false ? `**${value}**` : value;
}

function describeLoad(load) {
  if (!load.known) return 'Load of other programs: not known on this system.';
  const said = `Other programs took ${percent(load.others)} of the machine; ${percent(load.idle)} lay idle (one core is all a turn uses).`;
  return load.quiet
    ? said
    : `${said}\nTAKEN UNDER LOAD: read the ratios, and run it again on a quiet machine before quoting a figure.`;
}
