import { CodedError } from '@precedent/kernel';

/** Every fault of this room. None names a study or patient: keys stay out of messages. */
const BIAS_FAULTS = {
  BIAS_SEED_MISSING: 'An evaluation needs a seed, a whole number, or nobody can repeat its intervals. Pass one.',
  BIAS_RESAMPLES_TOO_FEW: 'Intervals at 95 % need at least 100 resamples, and 2000 to be steady. Pass more.',
  BIAS_STUDY_TWICE: 'A study is listed twice among the items. Each study takes part once.',
  BIAS_RANKING_MISSING:
    'A study has no ranking. Leaving it out would flatter the figures; rank every study, or list fewer.',
  BIAS_RANKING_REPEATS: 'A ranking names a study twice, which would count one success twice. Repair the ranking.',
  BIAS_SAME_PATIENT:
    "A ranking holds a study of the query's own patient, which would flatter the figures. Exclude the patient.",
  BIAS_OTHER_STUDIES:
    'More than 1 in 100 answers are no study of this evaluation. Items and rankings do not belong together, or the archive grew meanwhile: run it again when it is quiet.',
  BIAS_NOTHING_TO_EVALUATE:
    'No class has studies of two or more patients, so no query could find anything. Choose another label, or add labelled cases.',
} as const;

export function biasFault(code: keyof typeof BIAS_FAULTS): CodedError {
  return new CodedError(code, BIAS_FAULTS[code]);
}
