/** README.txt of a cohort: whoever finds the folder must see that no one is harmed by it. */
export const NOTICE = `INVENTED DATA

Everything in this folder was made by a program: the pictures are computed from ellipses, lines and noise, and every name,
number, date, address, hospital and device is invented. No person is shown or described. Names and numbers were planted on
purpose, in data elements and in pixels, so that their removal can be checked against a list.

studies/         DICOM files, one folder a study
outcomes.csv     how each study ended, key study_instance_uid
manifest.jsonl   one JSON object a file: identifiers, transfer syntax, every planted string with its place, and text drawn
                 into the picture with its box [x, y, width, height]
cohort.json      seed, version and counts; written last, so a folder without it is not whole

Not for diagnosis, teaching of anatomy, or training of a model for clinical use.
`;
