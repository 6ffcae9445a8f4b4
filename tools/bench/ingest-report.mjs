import { spread } from './statistics.mjs';

/** What the door is held to: as many times as fast as a peer, at least. */
const TARGETS = { storescp: 1.3, orthanc: 5, disk: 0.6 };

/** @param measured `{ settings, turns: [{ receiver, round, lanes, seconds }], load, quiet }` */
export function summarise({ settings, turns, load, quiet }) {
  const megabytes = (settings.instances * settings.bytes) / 1e6;
  const lanesOf = [...new Set(turns.map(({ lanes }) => lanes))];
  const tables = lanesOf.map((lanes) => {
    const here = turns.filter((turn) => turn.lanes === lanes);
    const names = [...new Set(here.map(({ receiver }) => receiver))];
    const rates = Object.fromEntries(names.map((name) => [name, spread(ratesOf(here, name, megabytes))]));
    const ratios = Object.fromEntries(
      Object.keys(TARGETS)
        .filter((name) => names.includes(name))
        .map((name) => [name, ratioOf(here, name)]),
    );
    return { lanes, rates, ratios };
  });
  return { settings, megabytes, tables, load, quiet };
}

const ratesOf = (turns, name, megabytes) =>
  turns.filter(({ receiver }) => receiver === name).map(({ seconds }) => megabytes / seconds);

/** By round, so that a machine that slowed down slowed both. */
function ratioOf(turns, name) {
  const own = turns.filter(({ receiver }) => receiver === 'precedent');
  const values = own.flatMap(({ round, seconds }) => {
    const other = turns.find((turn) => turn.receiver === name && turn.round === round);
    return other === undefined ? [] : [other.seconds / seconds];
  });
  const found = spread(values);
  return { ...found, target: TARGETS[name], met: found.median >= TARGETS[name] };
}

export function describe({ settings, megabytes, tables, load, quiet }) {
  const lines = [
    `${settings.instances} objects of ${(settings.bytes / 1e6).toFixed(2)} MB (${megabytes.toFixed(0)} MB), ${settings.rounds} rounds`,
    `load before ${load.averageBefore.toFixed(1)}, after ${load.averageAfter.toFixed(1)}, processors busy ${(load.busyShare * 100).toFixed(0)} %` +
      (quiet ? '' : ': MEASURED UNDER LOAD OF OTHERS'),
  ];
  for (const { lanes, rates, ratios } of tables) {
    lines.push('', `${lanes} association${lanes === 1 ? '' : 's'}, MB/s, median (min–max)`);
    for (const [name, { median, min, max }] of Object.entries(rates))
      lines.push(`  ${name.padEnd(10)} ${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`);
    for (const [name, { median, min, max, target, met }] of Object.entries(ratios))
      lines.push(
        `  against ${name}: ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)}), target ${target}: ${met ? 'met' : 'NOT met'}`,
      );
  }
  return `${lines.join('\n')}\n`;
}
