import { dicomError } from './dicom.errors.ts';
import { encodeHeader, encodeItem, sequenceDelimiter } from './encode-element.ts';
import type { Layout } from './domain/layout.ts';
import type { RewriteOptions } from './domain/rewrite-types.ts';
import { isGroupLength, UNDEFINED_LENGTH } from './domain/tags.ts';
import { IMPLICIT_LITTLE_ENDIAN, TRANSFER_SYNTAXES } from './domain/transfer-syntaxes.ts';
import type { TransferSyntax } from './domain/transfer-syntaxes.ts';
import type { Dataset, Element } from './domain/types.ts';

/**
 * The syntax a rewrite comes out in: the object's own, one of the same VR encoding and byte order, or, from implicit VR, any of
 * explicit VR little endian. The other way VRs would be lost, and another byte order needs every value turned round.
 */
export function targetSyntax(dataset: Dataset, options: RewriteOptions): TransferSyntax {
  const syntax = TRANSFER_SYNTAXES.get(options.transferSyntax ?? dataset.transferSyntax);
  if (syntax === undefined) throw dicomError('DICOM_UNKNOWN_TRANSFER_SYNTAX');
  const { explicitVr, littleEndian } = dataset.encoding;
  const same = explicitVr === syntax.encoding.explicitVr && littleEndian === syntax.encoding.littleEndian;
  // The private implicit syntax of GE has its Pixel Data in big endian.
  const toExplicit = dataset.transferSyntax === IMPLICIT_LITTLE_ENDIAN && syntax.encoding.littleEndian;
  if (!same && !toExplicit) throw dicomError('DICOM_SYNTAX_NOT_CONVERTIBLE');
  return syntax;
}

/**
 * A kept element of an implicit VR object in explicit VR: values are the same bytes, headers are new, lengths of sequences and
 * items become undefined, group lengths go. UN stays as it is with all that is in it (PS3.5 6.2.2), private elements become UN.
 */
export function toExplicitVr(dataset: Dataset, element: Element, layout: Layout): Buffer[] {
  const { tag, vr, items, valueStart, valueEnd, end, undefinedLength } = element;
  if (isGroupLength(tag)) return [];
  if (items === undefined || vr === 'UN') {
    const length = undefinedLength ? UNDEFINED_LENGTH : valueEnd - valueStart;
    return [encodeHeader(tag, vr, length, layout), dataset.bytes.subarray(valueStart, end)];
  }
  if (items.length === 0) return [encodeHeader(tag, vr, 0, layout)];
  const encoded = items.flatMap(({ elements }) => {
    const inner = elements.flatMap((each) => toExplicitVr(dataset, each, layout));
    return encodeItem(inner, layout);
  });
  return [encodeHeader(tag, vr, UNDEFINED_LENGTH, layout), ...encoded, sequenceDelimiter(layout)];
}
