/** Codes of this room's faults; the sentence says what to do. */
export const SYNTHETIC_ERRORS = {
  SYNTHETIC_DIRECTORY_FOREIGN:
    'The folder already holds a "studies" folder that no synthetic cohort made. Choose an empty folder, so that nothing of yours is overwritten.',
  SYNTHETIC_PATIENTS_RANGE: 'A cohort has 1 to 5000 patients. Choose a number in that range.',
} as const;

export type SyntheticErrorCode = keyof typeof SYNTHETIC_ERRORS;
