import type { z } from 'zod';

/** A body or response: one schema per media type, or opaque bytes. */
export type Content = Readonly<Record<string, z.ZodType | 'binary'>>;

/** One route as the API description tells it. Every controller exports the operations it serves; a test checks that none is missing. */
export interface Operation {
  readonly method: 'get' | 'post';
  /** OpenAPI path, e.g. `/v1/cases/{studyKey}`. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly anonymous?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Headers beside the token's; names in lower case. */
  readonly headers?: z.ZodObject;
  readonly body?: Content;
  readonly responses: Readonly<Record<number, { readonly description: string; readonly content?: Content }>>;
}
