// Real: pydicom in its own process, its test files, and the open objects of ../shared where they are; reader and both
// directions of the JSON model. Nothing is fake. Each difference that is allowed is a rule below, with its reason.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { peerPresent } from '../../../test/support/orthanc.ts';
import { pythonPeerInstalled, runPythonPeer } from '../../../test/support/python-peer.ts';
import type { DicomJson, DicomJsonAttribute } from './domain/json-types.ts';
import { fromDicomJson } from './from-json.ts';
import { mustRead, sharedFiles } from './hand-made.testkit.ts';
import { readDataset } from './read-dataset.ts';
import { dicomJsonText, toDicomJson } from './to-json.ts';
import type { Dataset } from './domain/types.ts';
import { writeDataset } from './write-dataset.ts';

/** pydicom's threshold is of the base64 text: 1400 characters are 1050 bytes. */
const MAX_INLINE_BYTES = 1050;

const WRITE_JSON = `
import sys, json, io, warnings, logging, struct
warnings.simplefilter('ignore'); logging.disable(logging.CRITICAL)
import pydicom
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
data = sys.stdin.buffer
while True:
    size = data.read(4)
    if len(size) < 4: break
    try:
        dataset = pydicom.dcmread(io.BytesIO(data.read(struct.unpack('<I', size)[0])), force=True)
        print(json.dumps(dataset.to_json_dict(bulk_data_threshold=1400, bulk_data_element_handler=lambda e: 'bulk')))
    except Exception as error:
        print(json.dumps(type(error).__name__))
`;

/** Reads our texts and says which attributes it would write otherwise. */
const READ_JSON = `
import sys, json, warnings, logging
warnings.simplefilter('ignore'); logging.disable(logging.CRITICAL)
import pydicom
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
def plain(item):
    if isinstance(item, dict): return {k: plain(v) for k, v in item.items() if not (k == 'Value' and v == [])}
    if isinstance(item, list): return [plain(v) for v in item]
    return '' if item is None else item
for line in sys.stdin:
    ours = json.loads(line)
    try:
        dataset = pydicom.Dataset.from_json(ours, bulk_data_uri_handler=lambda tag, vr, uri: b'x' * 2000)
        back = dataset.to_json_dict(bulk_data_threshold=1400, bulk_data_element_handler=lambda e: 'bulk')
        print(json.dumps(sorted(k for k in set(ours) | set(back) if plain(ours.get(k)) != plain(back.get(k)))))
    except Exception as error:
        print(json.dumps([type(error).__name__]))
`;

/** pydicom decodes no G1 set of ISO 2022 IR 58 that was designated before a delimiter. */
const WRONG_TEXT_OF_THEIRS = ['chrGB2312.dcm'];
/** IS and DS that are no numbers: pydicom fails on the whole object, here they are strings. */
const FAIL_IN_PYDICOM = ['DIRW0007', 'GH195.dcm', 'badVR.dcm'];

interface Both {
  readonly name: string;
  readonly dataset: Dataset;
  readonly ours: DicomJson;
  readonly theirs: DicomJson;
}

const present = peerPresent(pythonPeerInstalled(), 'pydicom in .precedent/venv-peers');
(present ? describe : describe.skip)('DICOM JSON beside pydicom', () => {
  let both: readonly Both[] = [];
  beforeAll(() => {
    both = readBoth(allFiles());
  });

  it('says the same of every attribute, save for what is known', () => {
    expect(both.length).toBeGreaterThan(60);
    const unexplained = both.flatMap(({ name, dataset, ours, theirs }) =>
      differences(ours, theirs, '').filter((difference) => !isExplained(difference, name, dataset)),
    );
    expect(unexplained.map(({ place, x, y }) => ({ place, x, y }))).toEqual([]);
  });

  it('is read by pydicom, which then writes the same', () => {
    const input = both.map(({ ours }) => dicomJsonText(ours)).join('\n');
    const lines = runPythonPeer(READ_JSON, { stdin: input }).toString().trim().split('\n');
    const changed = lines.map((line, i) => ({ name: both[i]?.name, tags: JSON.parse(line) as string[] }));
    // pydicom's palette descriptors want bytes it has not got.
    const unknown = changed.filter(({ name, tags }) => tags.length > 0 && !name?.includes('J2K_pixelrep_mismatch'));
    expect(unknown).toEqual([]);
  });

  it('of pydicom is parsed, and written again says the same', () => {
    for (const { name, theirs } of both) {
      const outcome = fromDicomJson(theirs, { bulkData: () => Buffer.alloc(2000, 'x') });
      if (outcome.kind === 'refused') {
        expect([name, outcome.reason]).toEqual([expect.stringMatching(KNOWN_REFUSED), expect.stringMatching(/^bad-v/)]);
        continue;
      }
      const again = mustRead(writeDataset(outcome.elements, { transferSyntax: '1.2.840.10008.1.2.1' }));
      const back = toDicomJson(again, { maxInlineBytes: MAX_INLINE_BYTES, bulkDataUri: () => 'bulk' });
      const changed = differences(back, theirs, '').filter((difference) => !isExplained(difference, name, again));
      expect(changed).toEqual([]);
    }
  });
});

/** Text beyond ASCII in CS, IS beyond 32 bits, and "OB or OW" in the place of a VR. */
const KNOWN_REFUSED = /GH1301|GH340|GH626|RI6XDosiGap/;

function allFiles(): { name: string; bytes: () => Buffer }[] {
  const root = runPythonPeer('import pydicom; print(pydicom.__path__[0])').toString().trim();
  const own = ['test_files', 'charset_files'].flatMap((folder) => {
    const path = join(root, 'data', folder);
    const names = readdirSync(path).filter((name) => name.endsWith('.dcm'));
    return names.sort().map((name) => ({ name, bytes: () => readFileSync(join(path, name)) }));
  });
  // pydicom's own are there already; one of two is enough of the others.
  const others = sharedFiles('dicom').filter(({ name }) => !name.startsWith('pydicom/'));
  return [...own, ...others.filter((_, i) => i % 2 === 0)];
}

function readBoth(files: readonly { name: string; bytes: () => Buffer }[]): Both[] {
  const read = files.flatMap(({ name, bytes }) => {
    const outcome = readDataset(bytes());
    return outcome.kind === 'read' ? [{ name, bytes: bytes(), dataset: outcome.dataset }] : [];
  });
  const input = read.flatMap(({ bytes }) => [Buffer.from(Uint32Array.of(bytes.length).buffer), bytes]);
  const lines = runPythonPeer(WRITE_JSON, { stdin: Buffer.concat(input) })
    .toString()
    .trim()
    .split('\n');
  expect(lines).toHaveLength(read.length);
  return read.flatMap(({ name, dataset }, i) => {
    const theirs = JSON.parse(lines[i] ?? '') as DicomJson | string;
    if (typeof theirs === 'string') {
      expect(FAIL_IN_PYDICOM).toContain(name.split('/').at(-1));
      return [];
    }
    const json = toDicomJson(dataset, { maxInlineBytes: MAX_INLINE_BYTES, bulkDataUri: () => 'bulk' });
    return [{ name, dataset, ours: JSON.parse(dicomJsonText(json)) as DicomJson, theirs }];
  });
}

interface Difference {
  readonly place: string;
  readonly tag: string;
  readonly x: DicomJsonAttribute | undefined;
  readonly y: DicomJsonAttribute | undefined;
}

function differences(ours: DicomJson, theirs: DicomJson, above: string): Difference[] {
  const tags = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  return tags.flatMap((tag) => {
    const [x, y, place] = [ours[tag], theirs[tag], `${above}${tag}`];
    if (x?.vr !== 'SQ' || y?.vr !== 'SQ' || x.Value?.length !== (y.Value?.length || undefined)) {
      return plainOf(x) === plainOf(y) ? [] : [{ place, tag, x, y }];
    }
    return (x.Value ?? []).flatMap((item, i) =>
      differences(item as DicomJson, y.Value?.[i] as DicomJson, `${place}[${i}].`),
    );
  });
}

/**
 * Empty values are null (F.2.5), for pydicom sometimes an empty string; no items are no Value, for pydicom an empty one;
 * and padding of values that are not the last (PS3.5 6.4) is none of the text.
 */
function plainOf(attribute: DicomJsonAttribute | undefined): string {
  if (attribute === undefined) return '';
  const { vr, Value, InlineBinary, BulkDataURI } = attribute;
  const values =
    Value?.length === 0 ? undefined : Value?.map((value) => (typeof value === 'string' ? value.trim() : (value ?? '')));
  return JSON.stringify([vr, values, InlineBinary, BulkDataURI]);
}

function isExplained({ tag, x, y }: Difference, name: string, dataset: Dataset): boolean {
  const group = parseInt(tag.slice(0, 4), 16);
  if (tag === '00080005') return true; // Ours says what the text is now.
  if (x === undefined) return tag.endsWith('0000') || tag === 'FFFCFFFC'; // Group lengths (F.2.2), trailing padding.
  if (tag === '7FE00010' && x.BulkDataURI !== undefined) return true; // Fragments: pydicom gives their bytes with headers.
  if (y === undefined) return false;
  if (x.vr === 'UN' && group % 2 === 1) return true; // pydicom knows some vendors' elements.
  if (x.vr === 'SQ' && y.vr === 'UN') return true; // PS3.5 6.2.2: pydicom leaves defined lengths opaque.
  if ((y.vr as string) === 'OB or OW') return true; // A VR no file has.
  const isSwapped = !dataset.encoding.littleEndian && ['OW', 'OF', 'OL', 'OD', 'OV'].includes(x.vr);
  if (isSwapped && x.vr === y.vr) return true; // pydicom gives the file's byte order (F.2.7: rules of PS3.5).
  return x.vr === y.vr && WRONG_TEXT_OF_THEIRS.some((file) => name.endsWith(file));
}
