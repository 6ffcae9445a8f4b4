import type { ReceivedInstance } from '@precedent/ingress';

/** PS3.18 10.5.3 and PS3.3 C.12.1: the Store Instances Response module as DICOM JSON. */
const CANNOT_UNDERSTAND = 0xc000;

const ui = (value: string): object => (value === '' ? { vr: 'UI' } : { vr: 'UI', Value: [value] });

function reference(received: ReceivedInstance): object {
  return { '00081150': ui(received.sopClassUid), '00081155': ui(received.sopInstanceUid) };
}

/**
 * 200 all stored, 202 some not, 409 none. An instance with a problem of content is stored, quarantined and answered with success:
 * its bytes are safe, and many senders break off at anything else.
 */
export function storeResponse(received: readonly ReceivedInstance[]): { status: 200 | 202 | 409; body: object } {
  const stored = received.filter((r) => r.kind !== 'rejected').map(reference);
  const failed = received
    .filter((r) => r.kind === 'rejected')
    .map((r) => ({ ...reference(r), '00081197': { vr: 'US', Value: [CANNOT_UNDERSTAND] } }));
  const body = {
    ...(failed.length > 0 ? { '00081198': { vr: 'SQ', Value: failed } } : {}),
    ...(stored.length > 0 ? { '00081199': { vr: 'SQ', Value: stored } } : {}),
  };
  const status = failed.length === 0 && stored.length > 0 ? 200 : stored.length > 0 ? 202 : 409;
  return { status, body };
}
