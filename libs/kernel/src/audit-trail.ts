/** DICOM PS3.15 A.5 event codes (CID 400 and neighbours) this system records, and its own governance events. */
export type AuditEventCode =
  | 'application-start'
  | 'application-stop'
  | 'instances-received'
  | 'study-deidentified'
  | 'study-archived'
  | 'study-embedded'
  | 'study-indexed'
  | 'instances-quarantined'
  | 'quarantine-read'
  | 'quarantine-retried'
  | 'quarantine-rejected'
  | 'outcomes-imported'
  | 'outcomes-expired'
  | 'query'
  | 'case-read'
  | 'image-read'
  | 'study-list-read'
  | 'evaluation-run'
  | 'access-denied'
  | 'reidentification-requested'
  | 'reidentification-approved'
  | 'reidentification-denied'
  | 'reidentification-refused'
  | 'reidentification-expired'
  | 'reidentification-closed'
  | 'reidentification-read'
  | 'identity-revealed'
  | 'identity-forgotten'
  | 'vault-operator-added'
  | 'vault-operator-removed'
  | 'vault-key-added'
  | 'vault-key-destroyed'
  | 'vault-verified'
  | 'model-activated'
  | 'index-rebuilt';

/** One audited act. Carries pseudonyms and counts only: no source UID, name, path or free text. */
export interface AuditEvent {
  readonly code: AuditEventCode;
  readonly outcome: 'success' | 'failure';
  /** Who: a requester's subject, or the system part that acted. */
  readonly actor: string;
  /** What it was done to: pseudonymous keys. */
  readonly subject?: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

/** The caller's open database transaction, opaque here: what is recorded within it stands and falls with it. */
export type Transaction = object;

/** Port: the audit log. `audit` implements it, `apps/*` bind it; stages only call it. */
export interface AuditTrail {
  record(events: readonly AuditEvent[], within?: Transaction): Promise<void>;
}

export const AUDIT_TRAIL = Symbol('AuditTrail');
