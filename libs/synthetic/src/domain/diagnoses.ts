/** One way a study of a type can end: what a painter draws, and what the records say of it. */
export interface Diagnosis {
  /** What the painters know it by; `normal` draws nothing. */
  readonly kind: string;
  readonly name: string;
  /** Sentence of the findings; `{side}` and `{mm}` are filled in. */
  readonly findings: string;
  readonly confirmedBy: string;
}

const say = (kind: string, name: string, findings: string, confirmedBy: string): Diagnosis => ({
  kind,
  name,
  findings,
  confirmedBy,
});
const followUp = 'follow-up imaging';
const clinical = 'clinical course';

export const HEAD_CT: readonly Diagnosis[] = [
  say('normal', 'Normal', 'No haemorrhage, mass effect or territorial infarct. Ventricles of normal width.', followUp),
  say(
    'haemorrhage',
    'Intracerebral haemorrhage',
    'Hyperdense parenchymal haematoma {side}, {mm} mm, with a rim of oedema.',
    followUp,
  ),
  say(
    'subdural',
    'Subdural haematoma',
    'Crescent-shaped extra-axial collection {side}, up to {mm} mm thick.',
    'surgery',
  ),
  say(
    'infarct',
    'Ischaemic infarct',
    'Hypodense wedge in the middle cerebral artery territory {side}, loss of grey-white contrast.',
    followUp,
  ),
  say(
    'tumour',
    'Glioblastoma',
    'Ring-enhancing mass {side}, {mm} mm, with central necrosis and perifocal oedema.',
    'pathology',
  ),
];

export const HEAD_MR: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Normal signal of grey and white matter, no diffusion disturbance.', followUp),
  say('tumour', 'Glioblastoma', 'Heterogeneous mass {side}, {mm} mm, with necrosis and wide oedema.', 'pathology'),
  say(
    'sclerosis',
    'Multiple sclerosis',
    'Several periventricular plaques, ovoid, perpendicular to the ventricles.',
    'laboratory (CSF)',
  ),
  say('infarct', 'Ischaemic infarct', 'Hyperintense territory of the middle cerebral artery {side}.', clinical),
];

export const CHEST_CT: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Lungs clear, no effusion, mediastinum of normal width.', followUp),
  say('carcinoma', 'Lung carcinoma', 'Spiculated mass {side}, {mm} mm.', 'pathology'),
  say('effusion', 'Pleural effusion', 'Dependent pleural fluid {side}, {mm} mm deep.', 'laboratory (puncture)'),
  say('pneumonia', 'Pneumonia', 'Consolidation with air bronchogram {side}.', 'laboratory (culture)'),
];

export const ABDOMEN_CT: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Liver, spleen, pancreas and kidneys without focal lesion.', followUp),
  say('cyst', 'Hepatic cyst', 'Sharply bounded fluid lesion of the liver, {mm} mm.', followUp),
  say(
    'metastases',
    'Liver metastases',
    'Several hypodense liver lesions with a rim, the largest {mm} mm.',
    'pathology',
  ),
  say('renal mass', 'Renal cell carcinoma', 'Enhancing renal mass {side}, {mm} mm.', 'pathology'),
  say('aneurysm', 'Abdominal aortic aneurysm', 'Infrarenal aorta {mm} mm wide with mural thrombus.', 'surgery'),
];

export const PELVIS_CT: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Pelvic organs unremarkable, no free fluid, bones intact.', followUp),
  say('bladder tumour', 'Bladder carcinoma', 'Polypoid lesion of the bladder wall {side}, {mm} mm.', 'pathology'),
  say('abscess', 'Pelvic abscess', 'Rim-enhancing collection with gas {side}, {mm} mm.', 'drainage'),
  say('hip fracture', 'Femoral neck fracture', 'Fracture line through the femoral neck {side}.', 'surgery'),
];

export const ABDOMEN_MR: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Homogeneous liver, no focal lesion.', followUp),
  say(
    'haemangioma',
    'Hepatic haemangioma',
    'Strongly T2-hyperintense lobulated lesion of the liver, {mm} mm.',
    followUp,
  ),
  say('metastases', 'Liver metastases', 'Several moderately hyperintense liver lesions, up to {mm} mm.', 'pathology'),
  say('renal mass', 'Renal cell carcinoma', 'Heterogeneous renal mass {side}, {mm} mm.', 'pathology'),
];

export const SPINE_MR: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Vertebrae of normal height and signal, wide spinal canal.', clinical),
  say('herniation', 'Disc herniation', 'Dehydrated disc with extrusion into the canal, {mm} mm.', 'surgery'),
  say('compression', 'Vertebral compression fracture', 'Wedge-shaped vertebra with bone marrow oedema.', followUp),
  say('metastasis', 'Vertebral metastases', 'Several vertebrae with replaced marrow signal.', 'pathology'),
];

export const KNEE_MR: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Menisci, cruciate and collateral ligaments intact.', clinical),
  say('effusion', 'Joint effusion', 'Fluid in the suprapatellar recess, {mm} mm wide.', 'laboratory (puncture)'),
  say(
    'cruciate tear',
    'Anterior cruciate ligament tear',
    'Discontinuous anterior cruciate ligament with oedema, small effusion.',
    'arthroscopy',
  ),
  say('bone tumour', 'Osteosarcoma', 'Marrow-replacing mass of the distal femur, {mm} mm.', 'pathology'),
  say('contusion', 'Bone contusion', 'Ill-defined marrow signal change below the joint surface.', followUp),
];

export const CHEST_FILM: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Heart of normal size, lungs clear.', followUp),
  say('pneumonia', 'Pneumonia', 'Patchy opacity {side}.', 'laboratory (culture)'),
  say('effusion', 'Pleural effusion', 'Blunted costophrenic angle {side} with meniscus.', 'ultrasound'),
  say('mass', 'Lung carcinoma', 'Round opacity {side}, {mm} mm.', 'pathology'),
  say('pneumothorax', 'Pneumothorax', 'Visible pleural line {side}, {mm} mm apical gap.', followUp),
  say('cardiomegaly', 'Cardiomegaly', 'Enlarged heart, cardiothoracic ratio above 0.5.', 'echocardiography'),
];

export const PELVIS_FILM: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Both hip joints of normal width, no fracture.', followUp),
  say('fracture', 'Femoral neck fracture', 'Fracture of the femoral neck {side}.', 'surgery'),
  say('osteoarthritis', 'Hip osteoarthritis', 'Joint space narrowing {side} with sclerosis and osteophytes.', followUp),
  say('prosthesis', 'Hip prosthesis', 'Total hip replacement {side} in regular position.', 'surgery'),
];

export const HAND_FILM: readonly Diagnosis[] = [
  say('normal', 'Normal', 'No fracture, joints of normal width.', clinical),
  say('fracture', 'Metacarpal fracture', 'Oblique fracture of a metacarpal shaft.', followUp),
  say('osteoarthritis', 'Finger joint osteoarthritis', 'Narrowed interphalangeal joints with osteophytes.', clinical),
  say('enchondroma', 'Enchondroma', 'Expansile lytic lesion of a proximal phalanx, {mm} mm.', 'pathology'),
];

export const KNEE_FILM: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Joint spaces preserved, no fracture.', clinical),
  say('fracture', 'Tibial plateau fracture', 'Fracture line into the tibial plateau {side}.', 'surgery'),
  say(
    'osteoarthritis',
    'Knee osteoarthritis',
    'Narrowed joint space with osteophytes and subchondral sclerosis.',
    clinical,
  ),
  say(
    'bone tumour',
    'Osteosarcoma',
    'Destructive lesion near the joint with spiculated periosteal reaction, {mm} mm.',
    'pathology',
  ),
];

export const LIVER_ECHO: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Liver of even echo texture, gallbladder without stones.', followUp),
  say('gallstones', 'Cholecystolithiasis', 'Gallstones with acoustic shadow.', 'surgery'),
  say('cyst', 'Hepatic cyst', 'Anechoic lesion with enhancement behind it, {mm} mm.', followUp),
  say('metastases', 'Liver metastases', 'Several target lesions, up to {mm} mm.', 'pathology'),
];

export const KIDNEY_ECHO: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Kidney of normal size, no dilatation.', followUp),
  say('hydronephrosis', 'Hydronephrosis', 'Dilated renal pelvis and calyces.', 'urography'),
  say('cyst', 'Renal cyst', 'Anechoic renal lesion, {mm} mm.', followUp),
  say('stone', 'Nephrolithiasis', 'Echogenic focus with acoustic shadow, {mm} mm.', followUp),
];

export const THYROID_ECHO: readonly Diagnosis[] = [
  say('normal', 'Normal', 'Thyroid lobes of normal size and even texture.', followUp),
  say('nodule', 'Thyroid adenoma', 'Isoechoic nodule with halo {side}, {mm} mm.', 'pathology'),
  say(
    'carcinoma',
    'Thyroid carcinoma',
    'Taller-than-wide hypoechoic nodule with microcalcifications {side}, {mm} mm.',
    'pathology',
  ),
  say('cyst', 'Thyroid cyst', 'Anechoic lesion {side}, {mm} mm.', followUp),
];
