import { CodedError } from '@precedent/kernel';

/** The peer went away, or broke the protocol, in the middle of a data set: nothing of the instance is kept. */
export const peerGone = (): CodedError =>
  new CodedError('DIMSE_PEER_GONE', 'The peer ended the association in the middle of an instance.');

export const dimsePortUnusable = (port: number, host: string, reason: string): CodedError =>
  new CodedError(
    'DIMSE_PORT_UNUSABLE',
    `Port ${port} of ${host} cannot be listened on for DICOM (${reason}): choose another dimse.port or dimse.host, or end what uses it.`,
  );

export const dimseTlsUnusable = (reason: string): CodedError =>
  new CodedError(
    'DIMSE_TLS_UNUSABLE',
    `The certificate, key or authorities of dimse.tls cannot be used (${reason}): check that the files are PEM and belong together.`,
  );

export const dimseNotStarted = (): CodedError =>
  new CodedError('DIMSE_NOT_STARTED', 'The process of the DICOM listener ended while it started: see the log.');
