import { CodedError } from '@precedent/kernel';

/** Long enough for an evaluation over a whole archive; Node's fetch would give up on headers after five minutes. */
export interface ServiceAddress {
  readonly url: string;
  readonly token: string;
}

export interface Status {
  readonly version: string;
  readonly generations: Readonly<Record<string, number>>;
  readonly instances: Readonly<Record<string, number>>;
  readonly quarantine: Readonly<Record<string, number>>;
  readonly sources: readonly {
    readonly source: string;
    readonly instances: number;
    readonly pending: number;
    readonly quarantined: number;
    readonly lastReceivedAt: string;
  }[];
  readonly listener: {
    readonly host: string;
    readonly port: number;
    readonly aeTitle: string;
    readonly tls: 'off' | 'tls' | 'mutual';
    readonly listening: boolean;
    readonly peers: number;
    readonly associations: number;
    readonly refused: readonly {
      readonly reason: string;
      readonly callingAe: string;
      readonly address: string;
      readonly times: number;
      readonly lastAt: string;
    }[];
  } | null;
  readonly archive: {
    readonly patients: number;
    readonly studies: number;
    readonly images: number;
    readonly outcomes: number;
  };
  readonly notIndexable: Readonly<Record<string, number>>;
  readonly embeddings: number;
  readonly indexed: number;
  readonly index: { readonly store: string; readonly space: string; readonly ok: boolean };
  readonly provider: { readonly requested: string; readonly used: string };
  readonly uncleanedPixels: boolean;
  readonly settled: boolean;
  readonly stageSeconds: Readonly<Record<string, number>>;
}

export interface HeldLine {
  readonly id: string;
  readonly source: string;
  readonly reason: string;
  readonly detail: string;
  readonly sizeBytes: number;
  readonly receivedAt: string;
  readonly retryable: boolean;
}

interface HeldPage {
  readonly instances: readonly HeldLine[];
  readonly next: string | null;
}

export interface ReceivedLine {
  readonly kind: 'stored' | 'duplicate' | 'quarantined' | 'rejected';
  readonly reason?: string;
}

export interface SimilarCaseLine {
  readonly rank: number;
  readonly score: number;
  readonly studyKey: string;
  readonly modality: string;
  readonly bodyPart: string;
  readonly sex: string;
  readonly ageBand: string;
  readonly outcome: Readonly<Record<string, string>> | null;
}

export interface SimilarCases {
  readonly answerId: string;
  readonly space: string;
  readonly searchedImages: number;
  readonly notice: string;
  readonly results: readonly SimilarCaseLine[];
}

export interface Upload {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** The service's HTTP API as the commands use it. Problems become coded errors with the service's own sentence. */
export class ServiceClient {
  readonly address: ServiceAddress;

  constructor(address: ServiceAddress) {
    this.address = address;
  }

  status(): Promise<Status> {
    return this.#get<Status>('/v1/status');
  }

  /**
   * Whether it has come up. Not whether it is ready: with a full disk it is not, and must still be asked. Without the token, since
   * the port may be another program's by now.
   */
  async isUp(): Promise<boolean> {
    const response = await fetch(`${this.address.url}/health/startup`).catch(() => null);
    return response?.ok ?? false;
  }

  async ingest(source: string, uploads: readonly Upload[]): Promise<readonly ReceivedLine[]> {
    const { type, body } = multipart(uploads);
    const answer = await this.#post<{ received: ReceivedLine[] }>('/v1/ingest', type, body, {
      'x-precedent-source': source,
    });
    return answer.received;
  }

  /** `studies`: only these, by their Study Instance UIDs; without, everything that the source has sent. */
  async seal(source: string, studies?: readonly string[]): Promise<number> {
    return (await this.#json<{ sealed: number }>('/v1/ingest/seal', { source, studies })).sealed;
  }

  async held(reason: string | undefined): Promise<HeldLine[]> {
    const lines: HeldLine[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = new URLSearchParams({
        limit: '1000',
        ...(reason === undefined ? {} : { reason }),
        ...(cursor === '' ? {} : { cursor }),
      });
      const page: HeldPage = await this.#get(`/v1/quarantine?${query.toString()}`);
      lines.push(...page.instances);
      cursor = page.next;
    }
    return lines;
  }

  async actOnHeld(act: 'retry' | 'reject', ids: readonly string[]): Promise<number> {
    return (await this.#json<{ instances: number }>(`/v1/quarantine/${act}`, { ids })).instances;
  }

  outcomes(csv: Uint8Array): Promise<{ lines: number; skippedLines: number[] }> {
    return this.#post('/v1/outcomes', 'text/csv', csv);
  }

  similarByKey(key: { studyKey: string } | { imageKey: string }, k: number, filter: object): Promise<SimilarCases> {
    return this.#json('/v1/similar-cases', { ...key, k, filter });
  }

  similarByUpload(uploads: readonly Upload[], parameters: URLSearchParams): Promise<SimilarCases> {
    const { type, body } = multipart(uploads);
    return this.#post(`/v1/similar-cases?${parameters.toString()}`, type, body);
  }

  studies(limit: number): Promise<{ studies: { studyKey: string | null; state: string }[]; next: string | null }> {
    return this.#get(`/v1/studies?limit=${limit}`);
  }

  caseOf(studyKey: string): Promise<Omit<SimilarCaseLine, 'rank' | 'score'>> {
    return this.#get(`/v1/cases/${studyKey}`);
  }

  evaluate<T>(request: object): Promise<T> {
    return this.#json('/v1/evaluations', request);
  }

  /** For clients of one part of the API. A body is sent as JSON. */
  async ask<T>(
    method: 'GET' | 'POST',
    path: string,
    { body, headers = {} }: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<T> {
    if (method === 'POST') return this.#post(path, 'application/json', JSON.stringify(body ?? {}), headers);
    return answerOf<T>(await this.#fetch(path, { headers: { ...this.#headers(), ...headers } }));
  }

  #json<T>(path: string, body: object): Promise<T> {
    return this.#post(path, 'application/json', JSON.stringify(body));
  }

  async #get<T>(path: string): Promise<T> {
    return answerOf<T>(await this.#fetch(path, { headers: this.#headers() }));
  }

  async #post<T>(
    path: string,
    type: string,
    body: string | Uint8Array,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const headers = { ...this.#headers(), 'content-type': type, ...extra };
    return answerOf<T>(await this.#fetch(path, { method: 'POST', headers, body }));
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.address.url + path, init);
    } catch (cause) {
      throw new CodedError(
        'SERVICE_UNREACHABLE',
        'The service does not answer any more: look at its log in the data folder and start again.',
        { cause },
      );
    }
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.address.token}` };
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const said = problem.detail ?? problem.title ?? `The service answered ${response.status}.`;
  const errors = (problem.errors ?? []).map(({ path, message }) => `\n  ${path}: ${message}`);
  const look =
    response.status >= 500 && problem.detail === undefined ? ' Look at logs/server.log in its data folder.' : '';
  throw new CodedError(problem.code ?? `HTTP_${response.status}`, said + look + errors.join(''));
}

/** RFC 9457, as far as a user is told of it. */
interface Problem {
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

function multipart(uploads: readonly Upload[]): { type: string; body: Uint8Array } {
  const boundary = `precedent-${crypto.randomUUID()}`;
  const chunks: Uint8Array[] = [];
  for (const { contentType, bytes } of uploads) {
    chunks.push(Buffer.from(`--${boundary}\r\nContent-Type: ${contentType}\r\n\r\n`), bytes, Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  return { type: `multipart/related; type="application/dicom"; boundary=${boundary}`, body: Buffer.concat(chunks) };
}
