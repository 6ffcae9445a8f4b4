/** Results go to stdout, everything else to stderr, so that output can be piped. */
export const say = (text: string): void => {
  process.stdout.write(harmless(text) + '\n');
};

export const note = (text: string): void => {
  process.stderr.write(harmless(text) + '\n');
};

export const printJson = (value: unknown): void => {
  process.stdout.write(JSON.stringify(value, null, 2) + '\n');
};

/** File names and outcomes come from outside: a control character in them must not command the terminal. */
const harmless = (text: string): string => text.replace(/(?!\n)\p{Cc}/gu, '\ufffd');
