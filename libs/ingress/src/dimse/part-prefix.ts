/** Begins the names of files that the listener process has not finished: when it was killed, the server removes them. */
export const PART_PREFIX = 'dimse-';
