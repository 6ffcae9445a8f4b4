import { IMPLICIT_LITTLE_ENDIAN, isImageStorage, TRANSFER_SYNTAXES } from '@precedent/dicom';
import type { ContextAnswer, ProposedContext } from './pdu-types.ts';
import { CONTEXT_RESULT } from './pdu-types.ts';

/** PS3.4 A.4: C-ECHO. */
export const VERIFICATION = '1.2.840.10008.1.1';

/** Answers every proposed context: verification and image storage classes are taken, all else is refused. */
export function negotiate(contexts: readonly ProposedContext[]): ContextAnswer[] {
  return contexts.map((context) => {
    const { id, abstractSyntax } = context;
    const refused = { id, abstractSyntax, transferSyntax: IMPLICIT_LITTLE_ENDIAN };
    if (abstractSyntax !== VERIFICATION && !isImageStorage(abstractSyntax))
      return { ...refused, result: CONTEXT_RESULT.abstractSyntaxUnsupported };
    const transferSyntax = chooseSyntax(context.transferSyntaxes);
    return transferSyntax === undefined
      ? { ...refused, result: CONTEXT_RESULT.transferSyntaxesUnsupported }
      : { id, abstractSyntax, transferSyntax, result: CONTEXT_RESULT.accepted };
  });
}

/**
 * The sender's first syntax that loses nothing; implicit VR, which every sender must offer and which forces some to decompress,
 * only after the others. Where all others are lossy the sender's first is taken: it holds such objects, and a sender that cannot
 * transcode would skip them.
 */
export function chooseSyntax(proposed: readonly string[]): string | undefined {
  const known = proposed.filter((uid) => TRANSFER_SYNTAXES.has(uid));
  const lossless = known.find((uid) => uid !== IMPLICIT_LITTLE_ENDIAN && TRANSFER_SYNTAXES.get(uid)?.lossless === true);
  return lossless ?? known[0];
}
