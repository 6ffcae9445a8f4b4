/**
 * A fault: something the program could not do. `code` names the step, `message` says what to do about it in words an
 * administrator understands, and neither ever holds patient data. Expected outcomes are returned values, not errors.
 */
export class CodedError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'CodedError';
    this.code = code;
  }
}

/** @returns the code of a fault, or `UNEXPECTED` for anything else that was thrown. */
export function codeOf(error: unknown): string {
  return error instanceof CodedError ? error.code : 'UNEXPECTED';
}
