import { TRANSFER_SYNTAXES, writeDataset } from '@precedent/dicom';
import { encodeFrames } from '@precedent/imaging';
import { addModalityModules } from '../domain/objects/image-modules.ts';
import type { ImageObject } from '../domain/objects/image-object.ts';
import {
  addEquipmentAndImage,
  addPatient,
  addPrivateBlock,
  addStudyAndSeries,
} from '../domain/objects/patient-modules.ts';
import { addPixels } from '../domain/objects/pixel-module.ts';
import type { Planted } from '../domain/objects/planted.ts';
import { PlantedElements } from '../domain/objects/planted.ts';

/** One image object as a Part 10 file, with the list of what identifies someone in it. */
export async function imageFile(object: ImageObject): Promise<{ bytes: Buffer; planted: readonly Planted[] }> {
  const { pixels } = object.picture;
  const { charsets } = object.person;
  const elements = new PlantedElements(charsets);
  addEquipmentAndImage(elements, object);
  addPatient(elements, object);
  addStudyAndSeries(elements, object);
  addModalityModules(elements, object);
  addPrivateBlock(elements, object);
  const encoded = await encodeFrames(pixels, object.syntax);
  addPixels(elements, pixels, encoded, TRANSFER_SYNTAXES.get(object.syntax)?.encoding.encapsulated ?? false);
  const bytes = writeDataset(elements.elements, { transferSyntax: object.syntax, charsets });
  return { bytes, planted: elements.planted };
}
