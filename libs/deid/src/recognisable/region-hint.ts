import type { RegionHint } from './types.ts';

const HEAD =
  /HEAD|BRAIN|SKULL|CRANI|FACE|FACIAL|NEURO|ORBIT|\bEYES?\b|SINUS|NASAL|NOSE|JAW|MAXILL|MANDIB|DENTAL|DENTI|TMJ|\bEARS?\b|TEMPORAL|MASTOID|PITUIT|SELLA|STROKE|CEREB|CAROTID|IAC\b|KOPF|SCH(AE|Ä)DEL|HIRN|CARAVEL|CRANE|\bT(E|Ê)TE\b|CABEZA|CRANEO|TESTA/;
const LIMB =
  /KNEE|ANKLE|FOOT|FEET|TOE|CALCAN|LEG\b|LEGS\b|TIBIA|FIBULA|FEMUR|THIGH|CALF|HAND|WRIST|FINGER|THUMB|ELBOW|FOREARM|HUMERUS|UPPER ?ARM|ARM\b|SHOULDER|EXTREMITY|KNIE|FUSS|BREAST|PENIS|PROSTATE|SCROTUM/;
const TRUNK =
  /CHEST|THORAX|LUNG|HEART|CARDIAC|CORONARY|AORTA|ABDOMEN|LIVER|KIDNEY|RENAL|PANCREA|PELVI|BLADDER|UTERUS|\bHIPS?\b|SPINE|LUMBAR|SACR|ILIAC|\bCOLON|RECTUM|STERNUM|\bRIBS?\b|TRUNK|BODY/;

/**
 * What Body Part Examined and the descriptions say of the region. A head named anywhere wins; a limb counts only where
 * nothing else is named. The words are often copied from the wrong protocol, so geometry has the last say.
 */
export function regionHint(texts: readonly string[]): RegionHint {
  const text = texts.join(' ').toUpperCase().replaceAll('_', ' ');
  if (HEAD.test(text)) return 'head';
  if (TRUNK.test(text)) return 'trunk';
  return LIMB.test(text) ? 'limb' : 'unknown';
}
