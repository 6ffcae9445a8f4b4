import { CodedError } from '@precedent/kernel';

/** RFC 2046 5.1.1 allows 70 characters; Orthanc 1.10 sends 73, and a PACS must not be turned away for that. */
const MAX_BOUNDARY = 256;
const MAX_HEADER_BYTES = 16 * 1024;
const CRLF = Buffer.from('\r\n');
const BLANK_LINE = Buffer.from('\r\n\r\n');

export interface Part {
  /** Header names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncIterable<Buffer>;
}

const malformed = (what: string): CodedError =>
  new CodedError('MULTIPART_MALFORMED', `The multipart body ${what}: send it again, complete and with its boundary.`);

/** The boundary parameter of a multipart content type, quoted or not; null when it has none that is valid. */
export function boundaryOf(contentType: string): string | null {
  const match = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2] ?? '';
  return boundary.length >= 1 && boundary.length <= MAX_BOUNDARY ? boundary : null;
}

/**
 * Reads multipart parts as they arrive, holding no more than one chunk of a body in memory. A part's body must be read (or is
 * skipped) before the next part is asked for.
 */
export class MultipartReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  /** A delimiter begins a line; the very first one may stand at the very start, hence the CRLF to begin with. */
  #buffer: Buffer = CRLF;

  constructor(source: AsyncIterable<Buffer>, boundary: string) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  async *parts(): AsyncGenerator<Part> {
    await drain(this.#untilDelimiter());
    while (!(await this.#atEnd())) {
      const headers = await this.#headers();
      const body = this.#untilDelimiter();
      yield { headers, body };
      await drain(body);
    }
  }

  /** After a delimiter: `--` closes the body; anything else is padding up to the end of the line. */
  async #atEnd(): Promise<boolean> {
    await this.#need(2);
    if (this.#buffer.toString('latin1', 0, 2) === '--') return true;
    await this.#take(CRLF, MAX_HEADER_BYTES);
    return false;
  }

  async #headers(): Promise<Map<string, string>> {
    // A part without headers begins with an empty line: look for its end from one line break earlier.
    this.#buffer = Buffer.concat([CRLF, this.#buffer]);
    const block = (await this.#take(BLANK_LINE, MAX_HEADER_BYTES)).toString('latin1');
    const headers = new Map<string, string>();
    for (const line of block.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
    return headers;
  }

  async *#untilDelimiter(): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      if (at >= 0) {
        const last = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + this.#delimiter.length);
        if (last.length > 0) yield last;
        return;
      }
      // The last bytes may be the beginning of a delimiter: keep them back.
      const safe = this.#buffer.length - this.#delimiter.length + 1;
      if (safe > 0) {
        yield this.#buffer.subarray(0, safe);
        this.#buffer = this.#buffer.subarray(safe);
      }
      if (!(await this.#more())) throw malformed('ends inside a part');
    }
  }

  async #take(mark: Buffer, most: number): Promise<Buffer> {
    let at = this.#buffer.indexOf(mark);
    while (at < 0) {
      if (this.#buffer.length > most) throw malformed('has oversized headers');
      if (!(await this.#more())) throw malformed('ends inside its headers');
      at = this.#buffer.indexOf(mark);
    }
    const taken = this.#buffer.subarray(0, at);
    this.#buffer = this.#buffer.subarray(at + mark.length);
    return taken;
  }

  async #need(bytes: number): Promise<void> {
    while (this.#buffer.length < bytes) if (!(await this.#more())) throw malformed('ends before its closing boundary');
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#buffer = this.#buffer.length === 0 ? next.value : Buffer.concat([this.#buffer, next.value]);
    return true;
  }
}

async function drain(body: AsyncIterable<Buffer>): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}
