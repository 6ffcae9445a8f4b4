// expect: sole-home-dicom
export { parseDicom } from 'dicom-parser';
