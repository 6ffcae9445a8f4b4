import type { RenderOutcome, RenderRequest } from '../domain/types.ts';

/** Parent → child. */
export interface Ask {
  readonly id: number;
  readonly request: RenderRequest;
}

/** Child → parent: `ready` once at start, then one `answer` a request, in order. */
export type Reply =
  { readonly kind: 'ready' } | { readonly kind: 'answer'; readonly id: number; readonly outcome: RenderOutcome };
