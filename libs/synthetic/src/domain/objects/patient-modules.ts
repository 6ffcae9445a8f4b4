import { Random } from '../random.ts';
import type { ImageObject } from './image-object.ts';
import type { PlantedElements } from './planted.ts';

const OTHER_PATIENT_IDS = 0x00101002;
const REQUEST_ATTRIBUTES = 0x00400275;
const REFERENCED_STUDY = 0x00081110;

/** Patient and Patient Study modules (PS3.3 C.7.1.1, C.7.2.2) with what hospitals add to them. */
export function addPatient(elements: PlantedElements, object: ImageObject): void {
  const { person, study, plan } = object;
  const random = Random.named(plan.seed, plan.patient, plan.visit, 'patient module');
  elements
    .plant('PatientName', 'name', person.name)
    .plant('PatientID', 'mrn', person.mrn)
    .plant('PatientBirthDate', 'birth_date', person.birthDate)
    .text('PatientSex', person.sex)
    .text('PatientAge', `${String(study.age).padStart(3, '0')}Y`)
    .text('PatientSize', (1.5 + random.between(0, 0.4)).toFixed(2))
    .text('PatientWeight', String(random.whole(48, 104)));
  if (study.age > 89) elements.note(0x00101010, 'age_over_89', `${study.age}`);
  if (random.chance(0.6)) elements.plant('PatientTelephoneNumbers', 'phone', person.phone);
  if (random.chance(0.4)) elements.plant('PatientAddress', 'address', person.address);
  if (random.chance(0.3)) elements.plant('Occupation', 'occupation', person.occupation);
  if (random.chance(0.5)) {
    elements.sequence(OTHER_PATIENT_IDS, (item) => {
      item.plant('PatientID', 'other_id', person.otherId).text('TypeOfPatientID', 'TEXT');
    });
  }
  addFreeText(elements, object, random);
}

/** Free text with names in it: the places where a tag-by-tag cleaner finds nothing to match. */
function addFreeText(elements: PlantedElements, { person, study }: ImageObject, random: Random): void {
  if (random.chance(0.35)) {
    elements.text('PatientComments', `Pat. ${person.spoken}, MRN ${person.mrn}, insured ${person.insurance}`);
    elements.note(0x00104000, 'name_in_text', person.spoken);
    elements.note(0x00104000, 'mrn_in_text', person.mrn).note(0x00104000, 'insurance_in_text', person.insurance);
  }
  if (random.chance(0.3)) {
    elements.text('ImageComments', `Checked with ${person.spoken} on ${study.date}, acc ${study.accession}`);
    elements.note(0x00204000, 'name_in_text', person.spoken);
    elements.note(0x00204000, 'date_in_text', study.date).note(0x00204000, 'accession_in_text', study.accession);
  }
}

/** General Study and General Series modules, requests and references (PS3.3 C.7.2.1, C.7.3.1). */
export function addStudyAndSeries(elements: PlantedElements, object: ImageObject): void {
  const { plan, study, seriesUid, picture } = object;
  elements
    .plant('StudyInstanceUID', 'uid', study.studyUid)
    .plant('StudyDate', 'date', study.date)
    .plant('StudyTime', 'time', study.time)
    .plant('AccessionNumber', 'accession', study.accession)
    .plant('StudyID', 'study_id', study.studyId)
    .plant('ReferringPhysicianName', 'physician', study.referring)
    .text('StudyDescription', plan.type.description)
    .plant('SeriesInstanceUID', 'uid', seriesUid)
    .plant('SeriesDate', 'date', study.date)
    .plant('SeriesTime', 'time', later(study.time, 1))
    .text('Modality', plan.scanner.modality)
    .text('SeriesNumber', picture.series)
    .text('SeriesDescription', `${plan.type.description} ${picture.projection.name}`)
    .text('BodyPartExamined', plan.type.bodyPart)
    .text('ProtocolName', plan.type.key)
    .plant('PerformingPhysicianName', 'physician', study.performing)
    .plant('OperatorsName', 'operator', study.operator);
  if (isPaired(plan.type.bodyPart)) elements.text('Laterality', plan.found.side < 0 ? 'R' : 'L');
  addRequest(elements, object);
}

/** A body part of which there are two: Laterality is then required (PS3.3 C.7.3.1). */
export function isPaired(bodyPart: string): boolean {
  return ['HAND', 'KNEE', 'KIDNEY'].includes(bodyPart);
}

function addRequest(elements: PlantedElements, { plan, study, person }: ImageObject): void {
  const random = Random.named(plan.seed, plan.patient, plan.visit, 'request');
  elements.sequence(REQUEST_ATTRIBUTES, (item) => {
    item
      .plant('RequestedProcedureID', 'procedure_id', `RP${random.digits(6)}`)
      .plant('ScheduledProcedureStepID', 'step_id', `SPS${random.digits(6)}`)
      .plant('AccessionNumber', 'accession', study.accession)
      .plant('StudyInstanceUID', 'uid', study.studyUid)
      .text('RequestedProcedureDescription', `${plan.type.description} for ${person.spoken}`);
    item.note(0x00321060, 'name_in_text', person.spoken);
  });
  elements.sequence(REFERENCED_STUDY, (item) => {
    item
      .text('ReferencedSOPClassUID', '1.2.840.10008.3.1.2.3.1')
      .plant('ReferencedSOPInstanceUID', 'uid', `${study.studyUid.slice(0, 40)}1`);
  });
}

/** General Equipment, SOP Common and General Image modules (PS3.3 C.7.5.1, C.12.1, C.7.6.1). */
export function addEquipmentAndImage(elements: PlantedElements, object: ImageObject): void {
  const { plan, hospital, study, sopClass, sopUid, instance, picture } = object;
  const { scanner } = plan;
  const stamp = later(study.time, 2 + instance);
  elements
    .text('Manufacturer', scanner.maker)
    .text('ManufacturerModelName', scanner.model)
    .text('SoftwareVersions', scanner.software)
    .plant('DeviceSerialNumber', 'serial', scanner.serial)
    .plant('StationName', 'station', scanner.station)
    .plant('InstitutionName', 'institution', hospital.name)
    .plant('InstitutionAddress', 'institution_address', hospital.address)
    .plant('InstitutionalDepartmentName', 'department', hospital.department)
    .text('SOPClassUID', sopClass)
    .plant('SOPInstanceUID', 'uid', sopUid)
    .plant('InstanceCreationDate', 'date', study.date)
    .plant('InstanceCreationTime', 'time', stamp)
    .text('InstanceNumber', instance)
    .plant('ContentDate', 'date', study.date)
    .plant('ContentTime', 'time', stamp)
    .plant('AcquisitionDate', 'date', study.date)
    .plant('AcquisitionTime', 'time', stamp)
    .text('AcquisitionNumber', picture.series)
    .text('LossyImageCompression', '00');
  if (object.person.charsets.length > 0) elements.text('SpecificCharacterSet', ...object.person.charsets);
}

const PRIVATE_GROUP = 0x0029;

/** A private block that carries the patient once more: plain, in a private sequence, and inside opaque bytes. */
export function addPrivateBlock(elements: PlantedElements, object: ImageObject): void {
  const { person, study, plan, syntax } = object;
  const base = PRIVATE_GROUP * 0x10000 + 0x1000;
  const spoken = plan.patient % 2 === 0 ? person.spoken : `${person.mrn}/${study.accession}`;
  elements.textTag(PRIVATE_GROUP * 0x10000 + 0x10, 'LO', `${plan.scanner.maker.toUpperCase()} INFO`);
  elements
    .plantTag(base + 0x02, spoken === person.spoken ? 'name' : 'mrn_in_text', spoken, 'LO')
    .plantTag(base + 0x03, 'mrn', person.mrn, 'LO')
    .plantTag(base + 0x04, 'date', study.date, 'DA');
  const opaque = Buffer.from(`\u0001\u0007HDR ${person.mrn};${study.accession};${person.birthDate}\0`, 'latin1');
  elements
    .bytes(base + 0x10, opaque.length % 2 === 1 ? Buffer.concat([opaque, Buffer.alloc(1)]) : opaque, 'OB')
    .note(base + 0x10, 'mrn_in_bytes', person.mrn)
    .note(base + 0x10, 'accession_in_bytes', study.accession)
    .note(base + 0x10, 'birth_date_in_bytes', person.birthDate);
  // Implicit VR cannot say that a private element is a sequence, so a reader would rightly see bytes.
  if (syntax === '1.2.840.10008.1.2') return;
  elements.sequence(base + 0x20, (item) => {
    item.plant('PatientName', 'name', person.name).plant('PatientBirthDate', 'birth_date', person.birthDate);
  });
}

/** @returns a time `minutes` after another, within the day. */
export function later(time: string, minutes: number): string {
  const total = Number(time.slice(0, 2)) * 60 + Number(time.slice(2, 4)) + minutes;
  const wrapped = total % 1440;
  return `${String(Math.floor(wrapped / 60)).padStart(2, '0')}${String(wrapped % 60).padStart(2, '0')}${time.slice(4)}`;
}
