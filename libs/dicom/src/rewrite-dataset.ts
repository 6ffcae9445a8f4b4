import { charsetsWithin, findElement } from './accessors.ts';
import { targetSyntax, toExplicitVr } from './convert-element.ts';
import { dicomError } from './dicom.errors.ts';
import type { Target } from './encode-element.ts';
import { encodeElement, encodeHeader, encodeItem, sequenceDelimiter } from './encode-element.ts';
import { encodeFile, uidOf } from './encode-file.ts';
import type {
  NewElement,
  RewriteAction,
  RewriteContext,
  RewriteDecision,
  RewriteOptions,
} from './domain/rewrite-types.ts';
import type { Layout } from './domain/layout.ts';
import { readLimits } from './domain/limits.ts';
import { groupOf, isGroupLength, TAG, UNDEFINED_LENGTH } from './domain/tags.ts';
import { PrivateCreators } from './private-creators.ts';
import { Tokeniser } from './domain/tokenise.ts';
import type { TransferSyntax } from './domain/transfer-syntaxes.ts';
import type { Dataset, Element, Item, Tag } from './domain/types.ts';

/** What comes out for one element: the very bytes of the input, other bytes, or nothing (no chunks). */
interface Part {
  readonly tag: Tag;
  readonly chunks: readonly Buffer[];
  readonly touched: boolean;
}

interface Rewritten {
  readonly parts: readonly Part[];
  readonly touched: boolean;
}

/**
 * Rewrites an object element by element, in the same encoding. What is kept is copied from the input byte for byte; a
 * touched sequence or item comes out with undefined length, its untouched siblings unchanged. Where an explicit VR syntax is
 * asked for an implicit VR object, kept values keep their bytes under new headers. Preamble, group 0002 and
 * anything after the data set are never carried over. Elements of a data set are decided in file order, once each.
 * @throws CodedError of DICOM_ERRORS for a decision that cannot be carried out; nothing is ever skipped in silence
 */
export function rewriteDataset(dataset: Dataset, decide: RewriteDecision, options: RewriteOptions = {}): Buffer {
  const syntax = targetSyntax(dataset, options);
  const { explicitVr, littleEndian, encapsulated } = syntax.encoding;
  const added = options.add ?? [];
  const target: Target = { layout: { explicitVr, littleEndian }, encapsulated, charsets: [] };
  const level = new Rewriter(dataset, decide, syntax).rewriteLevel(
    dataset.elements,
    target,
    { parents: [], charsets: [] },
    added,
  );
  const values = {
    // A DICOMDIR names its class in group 0002 only.
    sopClassUid: uidIn(level.parts, TAG.SopClassUid, target.layout) || stated(dataset, TAG.MediaStorageSopClassUid),
    sopInstanceUid: options.sopInstanceUid ?? instanceIn(dataset, level, target.layout),
  };
  return encodeFile(
    level.parts.flatMap((part) => part.chunks),
    syntax,
    values,
  );
}

/** Read back from what will be written, so that group 0002 cannot say anything else than the data set. */
function uidIn(parts: readonly Part[], tag: Tag, layout: Layout): string {
  const part = parts.find((candidate) => candidate.tag === tag && candidate.chunks.length > 0);
  if (part === undefined) return '';
  const bytes = Buffer.concat(part.chunks);
  const run = new Tokeniser(bytes, readLimits(), []).readDataset(0, layout.explicitVr, layout.littleEndian);
  const element = run.elements[0];
  return element === undefined ? '' : uidOf(bytes.subarray(element.valueStart, element.valueEnd));
}

/** A DICOMDIR has its instance UID in group 0002 only as well. Where anything was changed that UID may be what had to go. */
function instanceIn(dataset: Dataset, { parts, touched }: Rewritten, layout: Layout): string {
  const own = uidIn(parts, TAG.SopInstanceUid, layout);
  return own !== '' || touched ? own : stated(dataset, TAG.MediaStorageSopInstanceUid);
}

function stated({ bytes, meta }: Dataset, tag: Tag): string {
  const element = findElement({ elements: meta }, tag);
  return element === undefined ? '' : uidOf(bytes.subarray(element.valueStart, element.valueEnd));
}

class Rewriter {
  readonly #dataset: Dataset;
  readonly #decide: RewriteDecision;
  /** Whether Pixel Data must be in fragments, where the syntax is a new one: under its own, an object may be as wrong as it was. */
  readonly #encapsulation: boolean | undefined;

  constructor(dataset: Dataset, decide: RewriteDecision, syntax: TransferSyntax) {
    this.#dataset = dataset;
    this.#decide = decide;
    this.#encapsulation = syntax.uid === dataset.transferSyntax ? undefined : syntax.encoding.encapsulated;
  }

  rewriteLevel(
    elements: readonly Element[],
    target: Target,
    above: RewriteContext,
    added: readonly NewElement[] = [],
  ): Rewritten {
    const charsets = charsetsWithin(this.#dataset, { elements }, above.charsets);
    const creators = new PrivateCreators(this.#dataset, elements, charsets);
    const replaced = new Set(added.map(({ tag }) => tag));
    // New text follows the (0008,0005) that will stand in the output: this level's, or the one written above it.
    const own = findElement({ elements }, TAG.SpecificCharacterSet) === undefined ? target.charsets : charsets;
    let here: Target = { ...target, charsets: addedCharsets(added) ?? own };
    const parts: Part[] = [];
    for (const element of elements) {
      if (replaced.has(element.tag)) continue;
      const context = contextOf(above.parents, creators.of(element.tag), charsets);
      const action = this.#decide(element, context);
      if (element.tag === TAG.SpecificCharacterSet) here = withNewCharsets(here, action);
      parts.push(this.#rewriteElement(element, action, here, context));
    }
    return finish(
      parts,
      added.map((element) => newPart(element, here)),
    );
  }

  #rewriteElement(element: Element, action: RewriteAction, target: Target, context: RewriteContext): Part {
    const { tag } = element;
    switch (action.kind) {
      case 'keep':
        return this.#kept(element, target, context);
      case 'drop':
        return { tag, chunks: [], touched: true };
      case 'empty':
        return { tag, chunks: [encodeHeader(tag, element.vr, 0, target.layout)], touched: true };
      case 'replace':
        return { tag, chunks: encodeElement(replacement(element, action), target), touched: true };
      case 'recurse':
        return this.#rewriteSequence(element, target, context);
    }
  }

  #kept(element: Element, target: Target, { parents }: RewriteContext): Part {
    const { tag, fragments } = element;
    const isPixels = tag === TAG.PixelData && parents.length === 0;
    if (isPixels && this.#encapsulation !== undefined && this.#encapsulation !== (fragments !== undefined)) {
      throw dicomError('DICOM_PIXEL_DATA_ENCAPSULATION', tag);
    }
    if (!this.#converts(target)) return { tag, chunks: [this.#slice(element)], touched: false };
    return { tag, chunks: toExplicitVr(this.#dataset, element, target.layout), touched: true };
  }

  /** From implicit to explicit VR. What lies in UN is implicit VR on both sides. */
  #converts(target: Target): boolean {
    return !this.#dataset.encoding.explicitVr && target.layout.explicitVr;
  }

  #slice({ start, end }: { start: number; end: number }): Buffer {
    return this.#dataset.bytes.subarray(start, end);
  }

  #rewriteSequence(element: Element, target: Target, context: RewriteContext): Part {
    const { tag, items } = element;
    // Keeping in silence what was meant to be searched would let through what it holds.
    if (items === undefined) throw dicomError('DICOM_NOT_A_SEQUENCE', tag);
    // Inside UN elements are implicit VR little endian (PS3.5 6.2.2 note 4).
    const inner = element.vr === 'UN' ? { ...target, layout: UN_LAYOUT } : target;
    const rewritten = items.map((item, index) => this.#rewriteItem(item, index, element, inner, context));
    if (!rewritten.some((part) => part.touched)) return this.#kept(element, target, context);
    const chunks = rewritten.flatMap((part) => part.chunks);
    return { tag, chunks: encodeTouched(element, chunks, target.layout, inner.layout), touched: true };
  }

  #rewriteItem(item: Item, index: number, parent: Element, target: Target, context: RewriteContext): Part {
    const parents = [...context.parents, { tag: parent.tag, item: index }];
    const level = this.rewriteLevel(item.elements, target, { parents, charsets: context.charsets });
    if (!level.touched) return { tag: TAG.Item, chunks: [this.#slice(item)], touched: false };
    const elements = level.parts.flatMap((part) => part.chunks);
    return { tag: TAG.Item, chunks: encodeItem(elements, target.layout), touched: true };
  }
}

/** UN that had a defined length has one again: many readers follow no other, in big endian ours among them. */
function encodeTouched(element: Element, items: readonly Buffer[], outer: Layout, inner: Layout): readonly Buffer[] {
  const { tag, vr, undefinedLength } = element;
  if (vr !== 'UN' || undefinedLength) {
    return [encodeHeader(tag, vr, UNDEFINED_LENGTH, outer), ...items, sequenceDelimiter(inner)];
  }
  const length = items.reduce((sum, chunk) => sum + chunk.length, 0);
  return [encodeHeader(tag, vr, length, outer), ...items];
}

const UN_LAYOUT = { explicitVr: false, littleEndian: true };

function contextOf(
  parents: RewriteContext['parents'],
  creator: string | undefined,
  charsets: readonly string[],
): RewriteContext {
  return creator === undefined ? { parents, charsets } : { parents, privateCreator: creator, charsets };
}

function addedCharsets(added: readonly NewElement[]): readonly string[] | undefined {
  const element = added.find(({ tag }) => tag === TAG.SpecificCharacterSet);
  return element === undefined ? undefined : charsetsOfValue(element.value);
}

function withNewCharsets(target: Target, action: RewriteAction): Target {
  if (action.kind === 'drop' || action.kind === 'empty') return { ...target, charsets: [] };
  return action.kind === 'replace' ? { ...target, charsets: charsetsOfValue(action.value) } : target;
}

function charsetsOfValue(value: NewElement['value']): readonly string[] {
  const text =
    'text' in value ? [value.text].flat().join('\\') : 'bytes' in value ? value.bytes.toString('latin1') : '';
  return text.split('\\').map((term) => term.trim());
}

function newPart(element: NewElement, target: Target): Part {
  return { tag: element.tag, chunks: encodeElement(element, target), touched: true };
}

function replacement(element: Element, action: RewriteAction & { kind: 'replace' }): NewElement {
  const { tag } = element;
  const vr = action.vr ?? (keepsVr(element, action) ? element.vr : undefined);
  return vr === undefined ? { tag, value: action.value } : { tag, value: action.value, vr };
}

/** Items and fragments have the only VR there is; an unknown VR says nothing about a new value. */
function keepsVr(element: Element, { value }: RewriteAction & { kind: 'replace' }): boolean {
  if ('items' in value || 'fragments' in value) return false;
  return 'bytes' in value ? element.vr !== 'SQ' : element.vr !== 'UN' && element.vr !== 'SQ';
}

/** Adds new elements in tag order and drops the lengths of groups that are no longer what they were. */
function finish(parts: readonly Part[], added: readonly Part[]): Rewritten {
  const all = added.length === 0 ? parts : merge(parts, added);
  const touched = all.some((part) => part.touched);
  if (!touched) return { parts: all, touched };
  const groups = new Set(all.filter((part) => part.touched).map((part) => groupOf(part.tag)));
  return { parts: all.filter((part) => !isGroupLength(part.tag) || !groups.has(groupOf(part.tag))), touched };
}

function merge(parts: readonly Part[], added: readonly Part[]): Part[] {
  const merged = [...parts];
  for (const part of added) {
    const at = merged.findIndex((other) => other.tag > part.tag);
    merged.splice(at === -1 ? merged.length : at, 0, part);
  }
  return merged;
}
