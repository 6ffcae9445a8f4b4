import { z } from 'zod';
import type { Purpose } from '@precedent/deid';
import { PURPOSES } from '@precedent/deid';
import { Key } from '../schemas.ts';

const Id = z.uuid();
const Time = z.iso.datetime();
const Kind = z.enum(['study', 'patient']);
const PurposeCode = z.enum(Object.keys(PURPOSES) as [Purpose, ...Purpose[]]);
const State = z.enum(['requested', 'approved', 'denied', 'expired', 'closed']);
/** As operator-rows has it; lower case, so that one person has one spelling. */
const OperatorName = z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'write a lower-case name: letters, digits, hyphens');

export const OPERATOR_HEADER = 'precedent-operator';
/** The person's own token, beside the service's. Its absence is answered with 401, so it is not checked as a form. */
export const OperatorHeader = z.object({ [OPERATOR_HEADER]: z.string().describe('Token of a vault operator.') });

export const AskBody = z
  .object({
    kind: Kind.default('study'),
    pseudonym: Key,
    purpose: PurposeCode,
    reason: z
      .string()
      .regex(/^[\P{Cc}\n]{10,1000}$/u, 'write 10 to 1000 characters')
      .describe('For who decides; kept sealed.'),
    hours: z.coerce.number().int().min(1).default(24).describe('Term of the request.'),
    looks: z.coerce.number().int().min(1).default(1).describe('How often the identity may be looked at.'),
  })
  .strict();

export const RequestView = z.object({
  id: Id,
  kind: Kind,
  pseudonym: Key,
  purpose: PurposeCode,
  requestedBy: OperatorName,
  requestedAt: Time,
  expiresAt: Time,
  maxLooks: z.number().int(),
  looks: z.number().int(),
  state: State,
  decidedBy: OperatorName.nullable(),
  decidedAt: Time.nullable(),
});

export const RequestParams = z.object({ id: Id });
export const RequestsQuery = z
  .object({ state: State.optional(), limit: z.coerce.number().int().min(1).max(1000).default(100) })
  .strict();
export const RequestsResponse = z.object({ requests: z.array(RequestView) });
export const RequestResponse = RequestView.extend({
  reason: z.string().nullable().describe('Null once the patient is forgotten.'),
});

const Patient = z.object({
  patientId: z.string(),
  issuer: z.string(),
  name: z.string(),
  birthDate: z.string(),
  sex: z.string(),
});
export const RevealResponse = z.object({
  request: RequestView,
  identity: z.union([
    z.object({ kind: z.literal('patient'), patientKey: Key, patient: Patient }),
    z.object({
      kind: z.literal('study'),
      patientKey: Key,
      studyKey: Key,
      identity: Patient.extend({
        studyInstanceUid: z.string(),
        accessionNumber: z.string(),
        studyId: z.string(),
        studyDate: z.string(),
      }),
    }),
  ]),
});

export const OperatorBody = z.object({ name: OperatorName }).strict();
export const OperatorResponse = z.object({
  name: OperatorName,
  token: z.string().describe('Told this once; kept as a hash.'),
});
export const OperatorsResponse = z.object({
  operators: z.array(z.object({ name: OperatorName, addedAt: Time, removedAt: Time.nullable() })),
});
export const RemovedResponse = z.object({ removed: OperatorName });

const KeyUse = z.object({ keyId: z.string(), rows: z.number().int() });
export const KeysResponse = z.object({
  active: z.string(),
  keys: z.array(z.string()),
  wrapping: z.array(KeyUse).describe('Rows by the key that wraps their data key.'),
  sealing: z.array(KeyUse).describe('Rows by the key that was active when their data key was made.'),
});

const Place = z.object({ kind: z.string().max(16), name: z.string().max(64) });
export const SliceBody = z.object({ reencrypt: z.boolean().default(false), after: Place.strict().optional() }).strict();
export const SliceResponse = z.object({
  rows: z.number().int(),
  damaged: z.number().int().describe('Rows that do not open; left as they are.'),
  next: Place.nullable().describe('Send it as `after` to go on; null at the end.'),
});
export const NewKeyResponse = z.object({ keyId: z.string() });
export const DestroyedResponse = z.object({ destroyed: z.array(z.string()) });
export const VerifyResponse = z.object({
  rows: z.number().int(),
  damaged: z.number().int(),
  rolledBack: z.number().int(),
});
export const ForgetBody = z
  .object({ pseudonym: Key.describe('The patient’s, or that of any of their studies.') })
  .strict();
export const ForgetResponse = z.object({ rows: z.number().int() });
