import { casesOperations } from './cases/cases.controller.ts';
import { evaluationsOperations } from './evaluations/evaluations.controller.ts';
import { healthOperations } from './health/health.controller.ts';
import { imagesOperations } from './images/images.controller.ts';
import { ingestOperations } from './ingest/ingest.controller.ts';
import { openApiOperations } from './openapi/openapi.controller.ts';
import type { Operation } from './operation.ts';
import { quarantineOperations } from './quarantine/quarantine.controller.ts';
import { reidentificationsOperations } from './vault/reidentifications.controller.ts';
import { similarCasesOperations } from './similar-cases/similar-cases.controller.ts';
import { statusOperations } from './status/status.controller.ts';
import { stowOperations } from './stow/stow.controller.ts';
import { studiesOperations } from './studies/studies.controller.ts';
import { vaultOperations } from './vault/vault.controller.ts';

/** Every route there is. A test compares this list with the routes the application really serves. */
export const OPERATIONS: readonly Operation[] = [
  ...similarCasesOperations,
  ...casesOperations,
  ...imagesOperations,
  ...studiesOperations,
  ...quarantineOperations,
  ...reidentificationsOperations,
  ...vaultOperations,
  ...statusOperations,
  ...ingestOperations,
  ...stowOperations,
  ...evaluationsOperations,
  ...healthOperations,
  ...openApiOperations,
];
