/** Results go to stdout, everything else to stderr, so that output can be piped. */
export const say = (text: string): void => {
  process.stdout.write(text + '\n');
};

export const note = (text: string): void => {
  process.stderr.write(text + '\n');
};

export const printJson = (value: unknown): void => say(JSON.stringify(value, null, 2));
