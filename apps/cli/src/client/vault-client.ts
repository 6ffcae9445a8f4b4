import type { ServiceClient } from './service-client.ts';

export interface RequestLine {
  readonly id: string;
  readonly kind: string;
  readonly pseudonym: string;
  readonly purpose: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly maxLooks: number;
  readonly looks: number;
  readonly state: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
}

export interface RequestWithReason extends RequestLine {
  readonly reason: string | null;
}

/** Identified: shown to who asked, and kept nowhere. */
export interface RevealedIdentity {
  readonly request: RequestLine;
  readonly identity: {
    readonly kind: string;
    readonly patientKey: string;
    readonly studyKey?: string;
    readonly patient?: Readonly<Record<string, string>>;
    readonly identity?: Readonly<Record<string, string>>;
  };
}

export interface OperatorLine {
  readonly name: string;
  readonly addedAt: string;
  readonly removedAt: string | null;
}

export interface KeyLines {
  readonly active: string;
  readonly keys: readonly string[];
  readonly wrapping: readonly { readonly keyId: string; readonly rows: number }[];
  readonly sealing: readonly { readonly keyId: string; readonly rows: number }[];
}

interface Slice {
  readonly rows: number;
  readonly damaged: number;
  readonly next: { readonly kind: string; readonly name: string } | null;
}

const REQUESTS = '/v1/re-identifications';
const path = (id: string, act = ''): string => `${REQUESTS}/${encodeURIComponent(id)}${act}`;

/** The vault's part of the API. With a token it acts for that person. */
export class VaultClient {
  readonly #client: ServiceClient;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(client: ServiceClient, operatorToken?: string) {
    this.#client = client;
    this.#headers = operatorToken === undefined ? {} : { 'precedent-operator': operatorToken };
  }

  request(body: object): Promise<RequestLine> {
    return this.#post(REQUESTS, body);
  }

  async list(state: string | undefined): Promise<readonly RequestLine[]> {
    const query = new URLSearchParams({ limit: '1000', ...(state === undefined ? {} : { state }) });
    return (await this.#get<{ requests: RequestLine[] }>(`${REQUESTS}?${query.toString()}`)).requests;
  }

  show(id: string): Promise<RequestWithReason> {
    return this.#get(path(id));
  }

  decide(id: string, act: 'approve' | 'deny'): Promise<RequestLine> {
    return this.#post(path(id, `/${act}`));
  }

  reveal(id: string): Promise<RevealedIdentity> {
    return this.#post(path(id, '/reveal'));
  }

  keys(): Promise<KeyLines> {
    return this.#get('/v1/vault/keys');
  }

  async addKey(): Promise<string> {
    return (await this.#post<{ keyId: string }>('/v1/vault/keys')).keyId;
  }

  /** Takes all rows over, slice by slice; `onSlice` hears how many have been done. */
  async rotate(reencrypt: boolean, onSlice: (rows: number) => void): Promise<{ rows: number; damaged: number }> {
    const total = { rows: 0, damaged: 0 };
    for (let after: Slice['next'] | undefined; after !== null;) {
      const body: object = { reencrypt, ...(after === undefined ? {} : { after }) };
      const slice: Slice = await this.#post('/v1/vault/rotation', body);
      total.rows += slice.rows;
      total.damaged += slice.damaged;
      after = slice.next;
      onSlice(total.rows);
    }
    return total;
  }

  async destroyOlder(): Promise<readonly string[]> {
    return (await this.#post<{ destroyed: string[] }>('/v1/vault/keys/destroy-older')).destroyed;
  }

  verify(): Promise<{ rows: number; damaged: number; rolledBack: number }> {
    return this.#post('/v1/vault/verify');
  }

  async forget(pseudonym: string): Promise<number> {
    return (await this.#post<{ rows: number }>('/v1/vault/forget', { pseudonym })).rows;
  }

  addOperator(name: string): Promise<{ name: string; token: string }> {
    return this.#post('/v1/vault/operators', { name });
  }

  async removeOperator(name: string): Promise<void> {
    await this.#post('/v1/vault/operators/remove', { name });
  }

  async operators(): Promise<readonly OperatorLine[]> {
    return (await this.#get<{ operators: OperatorLine[] }>('/v1/vault/operators')).operators;
  }

  #get<T>(at: string): Promise<T> {
    return this.#client.ask('GET', at, { headers: this.#headers });
  }

  #post<T>(at: string, body: object = {}): Promise<T> {
    return this.#client.ask('POST', at, { body, headers: this.#headers });
  }
}
