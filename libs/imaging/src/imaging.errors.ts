/** Codes of the room's faults. What an image itself can be guilty of is an outcome (`ImageFailure`), not a fault. */
export const IMAGING_ERRORS = {
  IMAGING_ENCODE_INPUT: 'the pixels handed over do not have the size or the depth they claim',
  IMAGING_ENCODE_FAILED: 'the encoder gave back something else than it was given; nothing was written',
  IMAGING_STOPPED: 'the imaging sandbox was stopped; start a new one',
} as const;
