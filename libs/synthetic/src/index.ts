// CONTRACT: generateCohort({directory, seed, patients?, onProgress?}): Promise<CohortSummary>
//   writes directory/studies/<n>/*.dcm, directory/outcomes.csv (columns: study_instance_uid, patient_id, accession_number, study_date, modality,
//   body_region, site, diagnosis, patient_sex, patient_age, findings, confirmed_by), directory/manifest.jsonl (planted identifiers, burned-in boxes)
export {};
