/** Where the bytes of an object are: a file that the decoder opens itself, or bytes in hand. */
export type ObjectSource = { readonly path: string } | { readonly bytes: Buffer };
