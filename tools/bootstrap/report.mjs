const seconds = (sinceMs) => `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;

/** One line of the set-up's report. */
export function say(title, state) {
  process.stdout.write(`set-up | ${title.padEnd(22)} | ${state}\n`);
}

/**
 * Runs one step. `look` answers whether there is anything to do: a string is the state that makes the step unnecessary,
 * `undefined` means work. `work` may return a remark for the closing line.
 */
export async function runStep(step, context) {
  const present = await step.look(context);
  if (present !== undefined) return say(step.title, present);
  const start = Date.now();
  say(step.title, `doing: ${step.doing}`);
  const remark = await step.work(context);
  say(step.title, `done in ${seconds(start)}${remark ? ` (${remark})` : ''}`);
}
