import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPythonPeer } from '../../../test/support/python-peer.ts';

/** What pydicom makes of one object. */
export interface PeerPicture {
  readonly path: string;
  /** Exception's name where it could not read or decode the object. */
  readonly error?: string;
  /** SHA-256 of each of the first frames' samples before any table, little endian, in Bits Allocated, colour interleaved. */
  readonly stored?: readonly string[];
  /** Frames of which there is a display picture: levels 0 to 255, not rounded. */
  readonly shown: number;
  levels(): Float32Array;
}

/** Samples of so many frames of an object, and display pictures of so many: the others are made alike. */
const COMPARED_FRAMES = 8;
const SHOWN_FRAMES = 2;

/**
 * Reads objects with pydicom (RLE and native by itself, JPEG and JPEG-LS by GDCM, JPEG 2000 by OpenJPEG), in one process, and
 * shows them by apply_modality_lut, apply_windowing or apply_voi, scaled to 8 bits; by the room's own rule where there is
 * neither window nor table.
 */
export function picturesByPydicom(paths: readonly string[]): { pictures: readonly PeerPicture[]; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'imaging-pydicom-'));
  const lines = runPythonPeer(SCRIPT, {
    args: [folder, String(COMPARED_FRAMES), String(SHOWN_FRAMES)],
    stdin: JSON.stringify(paths),
    timeoutMs: 300_000,
  });
  const pictures = lines
    .toString()
    .trim()
    .split('\n')
    .map((line, i) => {
      const picture = JSON.parse(line) as Omit<PeerPicture, 'levels'>;
      return {
        ...picture,
        levels: () => new Float32Array(new Uint8Array(readFileSync(join(folder, String(i)))).buffer),
      };
    });
  return { pictures, remove: () => rmSync(folder, { recursive: true }) };
}

const SCRIPT = `
import hashlib, json, logging, sys, warnings
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_windowing, iter_pixels
from pydicom.pixels.processing import apply_voi
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
folder, most, shown_frames = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
GREY = ["PhotometricInterpretation", "PresentationLUTShape", "BitsStored", "PixelRepresentation", "RescaleSlope",
        "RescaleIntercept", "ModalityLUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence",
        "PixelPaddingValue", "PixelPaddingRangeLimit"]

def grey_header(ds, index):
    """What holds for one frame: per-frame functional groups over shared ones, those over the top level."""
    header = Dataset()
    header.file_meta = ds.file_meta
    for keyword in GREY:
        if keyword in ds:
            header[keyword] = ds[keyword]
    shared, each = ds.get("SharedFunctionalGroupsSequence"), ds.get("PerFrameFunctionalGroupsSequence")
    for groups in ([shared[0]] if shared else []) + ([each[index]] if each and index < len(each) else []):
        for keyword in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
            for item in list(groups.get(keyword) or [])[:1]:
                if keyword == "FrameVOILUTSequence" and "VOILUTFunction" in header:
                    del header["VOILUTFunction"]
                for element in item:
                    header[element.tag] = element
    return header

def output_range(h):
    if h.get("ModalityLUTSequence"):
        low, high = 0, 2 ** h.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    elif h.PixelRepresentation == 0:
        low, high = 0, 2 ** h.BitsStored - 1
    else:
        low, high = -(2 ** (h.BitsStored - 1)), 2 ** (h.BitsStored - 1) - 1
    slope, intercept = h.get("RescaleSlope"), h.get("RescaleIntercept")
    both = slope is not None and intercept is not None
    return (low * slope + intercept, high * slope + intercept) if both else (low, high)

def has_window(h):
    if h.get("WindowWidth") is None or h.get("WindowCenter") is None:
        return False
    width = h.WindowWidth if h["WindowWidth"].VM == 1 else h.WindowWidth[0]
    return width >= 1 if h.get("VOILUTFunction", "LINEAR") == "LINEAR" else width > 0

def stretched(stored, values, h):
    identity = not h.get("ModalityLUTSequence") and h.get("RescaleSlope", 1) == 1 and h.get("RescaleIntercept", 0) == 0
    if identity and h.BitsStored == 8 and h.PixelRepresentation == 0:
        return values.astype("float64")
    kept = values
    if h.get("PixelPaddingValue") is not None:
        ends = [h.PixelPaddingValue, h.get("PixelPaddingRangeLimit", h.PixelPaddingValue)]
        # The VR may be US where the pixels are signed.
        ends = sorted(int(np.array(end & 0xffff).astype("u2").astype("i2")) if h.PixelRepresentation else end for end in ends)
        kept = values[(stored < ends[0]) | (stored > ends[1])]
    low, high = (float(kept.min()), float(kept.max())) if kept.size else (0.0, 0.0)
    return (values - low) / (high - low) * 255 if high > low else np.zeros(values.shape)

def grey(stored, h):
    values = apply_modality_lut(stored, h)
    if has_window(h):
        low, high = output_range(h)
        levels = (apply_windowing(values, h) - low) / (high - low) * 255
    elif h.get("VOILUTSequence"):
        levels = apply_voi(values, h).astype("float64") / (2 ** h.VOILUTSequence[0].LUTDescriptor[2] - 1) * 255
    else:
        levels = stretched(stored, values, h)
    levels = np.clip(levels, 0, 255)
    return 255 - levels if h.PhotometricInterpretation == "MONOCHROME1" or h.get("PresentationLUTShape") == "INVERSE" else levels

def frames_of(ds, count, raw):
    indices = range(min(count, int(ds.get("NumberOfFrames") or 1)))
    return [np.array(frame) for frame in iter_pixels(ds, indices=indices, raw=raw)]

def levels_of(ds, stored):
    if "PixelData" not in ds:
        return []
    if ds.SamplesPerPixel == 3:
        return [frame >> max(0, ds.BitsStored - 8) for frame in frames_of(ds, shown_frames, False)]
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        mapped = [apply_color_lut(frame, ds) for frame in stored[:shown_frames]]
        return [frame >> 8 if frame.dtype == np.uint16 else frame for frame in mapped]
    return [grey(frame, grey_header(ds, index)) for index, frame in enumerate(stored[:shown_frames])]

for number, path in enumerate(json.load(sys.stdin)):
    line = {"path": path, "shown": 0}
    try:
        ds = pydicom.dcmread(path, force=True)
        if "TransferSyntaxUID" not in ds.file_meta:
            implicit = ds.original_encoding[0]
            ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1"
        stored = frames_of(ds, most, True)
        little = [np.ascontiguousarray(frame.astype(frame.dtype.newbyteorder("<"))).tobytes() for frame in stored]
        line["stored"] = [hashlib.sha256(frame).hexdigest() for frame in little]
        levels = levels_of(ds, stored)
        with open(f"{folder}/{number}", "wb") as out:
            for frame in levels:
                out.write(frame.astype("<f4").tobytes())
        line["shown"] = len(levels)
    except Exception as error:
        line["error"] = type(error).__name__
    print(json.dumps(line))
`;
