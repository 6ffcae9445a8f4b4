import { paintAbdomenCt, paintAbdomenT2, paintPelvisCt } from './anatomy/abdomen.ts';
import { paintHand, paintKneeFrontal, paintKneeLateral, paintPelvis } from './anatomy/bones-xray.ts';
import { paintChestCt } from './anatomy/chest-ct.ts';
import { paintChestFrontal, paintChestLateral } from './anatomy/chest-xray.ts';
import { paintHeadCt, paintHeadFlair, paintHeadT2 } from './anatomy/head.ts';
import { paintKneePd } from './anatomy/knee-mr.ts';
import type { Painter } from './anatomy/scene.ts';
import { paintSpineT2 } from './anatomy/spine-mr.ts';
import { paintKidneyEcho, paintLiverEcho, paintThyroidEcho } from './anatomy/ultrasound.ts';
import type { Diagnosis } from './diagnoses.ts';
import * as diagnoses from './diagnoses.ts';
import type { Modality } from './scanners.ts';

/** How one picture of a study is taken: a slice stack, or a film or plane with its projection. */
export interface Projection {
  readonly paint: Painter;
  /** View Position for films; series description's end for the rest. */
  readonly name: string;
}

/** A kind of examination: one class of the evaluation is its modality and site. */
export interface StudyType {
  readonly key: string;
  readonly modality: Modality;
  readonly bodyRegion: 'Abdomen' | 'Extremity' | 'Head' | 'Neck' | 'Pelvis' | 'Spine' | 'Thorax';
  readonly site: string;
  /** Body Part Examined, a defined term of PS3.16 Annex L. */
  readonly bodyPart: string;
  readonly description: string;
  readonly plane: 'axial' | 'sagittal';
  readonly projections: readonly [Projection, ...Projection[]];
  /** Least and most slices (CT, MR), views (films) or stills (ultrasound). */
  readonly pictures: readonly [number, number];
  /** Side of the field of view and distance of slices, in millimetres. */
  readonly field: number;
  readonly gap: number;
  readonly window: { readonly center: number; readonly width: number };
  readonly diagnoses: readonly Diagnosis[];
  /** Height over width of the picture against the device's own. */
  readonly tall: number;
}

const NO_WINDOW = { center: 0, width: 1 };
const type = (given: Partial<StudyType> & Omit<StudyType, 'gap' | 'plane' | 'tall' | 'window'>): StudyType => ({
  gap: 8,
  plane: 'axial',
  tall: 1,
  window: NO_WINDOW,
  ...given,
});
const one = (paint: Painter, name: string): readonly [Projection] => [{ paint, name }];

export const STUDY_TYPES: readonly StudyType[] = [
  type({
    key: 'ct-head',
    modality: 'CT',
    bodyRegion: 'Head',
    site: 'Brain',
    bodyPart: 'HEAD',
    description: 'CT head',
    projections: one(paintHeadCt, 'axial'),
    pictures: [3, 5],
    field: 230,
    gap: 15,
    window: { center: 38, width: 90 },
    diagnoses: diagnoses.HEAD_CT,
  }),
  type({
    key: 'ct-chest',
    modality: 'CT',
    bodyRegion: 'Thorax',
    site: 'Lung',
    bodyPart: 'CHEST',
    description: 'CT chest',
    projections: one(paintChestCt, 'axial'),
    pictures: [3, 5],
    field: 390,
    gap: 30,
    window: { center: -450, width: 1500 },
    diagnoses: diagnoses.CHEST_CT,
  }),
  type({
    key: 'ct-abdomen',
    modality: 'CT',
    bodyRegion: 'Abdomen',
    site: 'Upper abdomen',
    bodyPart: 'ABDOMEN',
    description: 'CT abdomen, portal venous',
    projections: one(paintAbdomenCt, 'axial'),
    pictures: [3, 5],
    field: 400,
    gap: 25,
    window: { center: 50, width: 380 },
    diagnoses: diagnoses.ABDOMEN_CT,
  }),
  type({
    key: 'ct-pelvis',
    modality: 'CT',
    bodyRegion: 'Pelvis',
    site: 'Pelvis',
    bodyPart: 'PELVIS',
    description: 'CT pelvis',
    projections: one(paintPelvisCt, 'axial'),
    pictures: [3, 5],
    field: 400,
    gap: 25,
    window: { center: 60, width: 450 },
    diagnoses: diagnoses.PELVIS_CT,
  }),
  type({
    key: 'mr-head',
    modality: 'MR',
    bodyRegion: 'Head',
    site: 'Brain',
    bodyPart: 'HEAD',
    description: 'MR head',
    projections: [
      { paint: paintHeadT2, name: 'T2' },
      { paint: paintHeadFlair, name: 'FLAIR' },
    ],
    pictures: [3, 5],
    field: 230,
    gap: 15,
    diagnoses: diagnoses.HEAD_MR,
  }),
  type({
    key: 'mr-spine',
    modality: 'MR',
    bodyRegion: 'Spine',
    site: 'Lumbar spine',
    bodyPart: 'LSPINE',
    description: 'MR lumbar spine',
    plane: 'sagittal',
    projections: one(paintSpineT2, 'T2'),
    pictures: [3, 5],
    field: 260,
    gap: 5,
    diagnoses: diagnoses.SPINE_MR,
    tall: 1.3,
  }),
  type({
    key: 'mr-knee',
    modality: 'MR',
    bodyRegion: 'Extremity',
    site: 'Knee',
    bodyPart: 'KNEE',
    description: 'MR knee',
    plane: 'sagittal',
    projections: one(paintKneePd, 'PD'),
    pictures: [3, 5],
    field: 160,
    gap: 4,
    diagnoses: diagnoses.KNEE_MR,
    tall: 1.1,
  }),
  type({
    key: 'mr-abdomen',
    modality: 'MR',
    bodyRegion: 'Abdomen',
    site: 'Upper abdomen',
    bodyPart: 'ABDOMEN',
    description: 'MR liver',
    projections: one(paintAbdomenT2, 'T2'),
    pictures: [3, 5],
    field: 380,
    gap: 20,
    diagnoses: diagnoses.ABDOMEN_MR,
    tall: 0.85,
  }),
  type({
    key: 'dx-chest',
    modality: 'DX',
    bodyRegion: 'Thorax',
    site: 'Lung',
    bodyPart: 'CHEST',
    description: 'Chest PA and lateral',
    projections: [
      { paint: paintChestFrontal, name: 'PA' },
      { paint: paintChestLateral, name: 'LL' },
    ],
    pictures: [1, 2],
    field: 400,
    diagnoses: diagnoses.CHEST_FILM,
  }),
  type({
    key: 'dx-pelvis',
    modality: 'DX',
    bodyRegion: 'Pelvis',
    site: 'Hip',
    bodyPart: 'PELVIS',
    description: 'Pelvis AP',
    projections: one(paintPelvis, 'AP'),
    pictures: [1, 1],
    field: 420,
    diagnoses: diagnoses.PELVIS_FILM,
    tall: 0.8,
  }),
  type({
    key: 'cr-hand',
    modality: 'CR',
    bodyRegion: 'Extremity',
    site: 'Hand',
    bodyPart: 'HAND',
    description: 'Hand PA',
    projections: one(paintHand, 'PA'),
    pictures: [1, 2],
    field: 200,
    diagnoses: diagnoses.HAND_FILM,
    tall: 1.1,
  }),
  type({
    key: 'cr-knee',
    modality: 'CR',
    bodyRegion: 'Extremity',
    site: 'Knee',
    bodyPart: 'KNEE',
    description: 'Knee AP and lateral',
    projections: [
      { paint: paintKneeFrontal, name: 'AP' },
      { paint: paintKneeLateral, name: 'LL' },
    ],
    pictures: [1, 2],
    field: 220,
    diagnoses: diagnoses.KNEE_FILM,
    tall: 1.1,
  }),
  type({
    key: 'us-liver',
    modality: 'US',
    bodyRegion: 'Abdomen',
    site: 'Liver and gallbladder',
    bodyPart: 'LIVER',
    description: 'Ultrasound liver',
    projections: one(paintLiverEcho, 'B-mode'),
    pictures: [1, 3],
    field: 180,
    diagnoses: diagnoses.LIVER_ECHO,
  }),
  type({
    key: 'us-kidney',
    modality: 'US',
    bodyRegion: 'Abdomen',
    site: 'Kidney',
    bodyPart: 'KIDNEY',
    description: 'Ultrasound kidney',
    projections: one(paintKidneyEcho, 'B-mode'),
    pictures: [1, 3],
    field: 160,
    diagnoses: diagnoses.KIDNEY_ECHO,
  }),
  type({
    key: 'us-thyroid',
    modality: 'US',
    bodyRegion: 'Neck',
    site: 'Thyroid',
    bodyPart: 'THYROID',
    description: 'Ultrasound thyroid',
    projections: one(paintThyroidEcho, 'B-mode'),
    pictures: [1, 2],
    field: 60,
    diagnoses: diagnoses.THYROID_ECHO,
  }),
];
