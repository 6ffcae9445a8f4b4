import { forgetNotes } from './adapters/sealed-notes.ts';
import { deletePatient, findRow, placesOf } from './adapters/sealed-rows.ts';
import type { VaultParts } from './vault-parts.ts';
import { recordSteps, sealing } from './vault-parts.ts';

/**
 * Forgets whom a pseudonym stands for, with all of the patient's studies and the reasons and approvals about them. The cases stay,
 * anonymous from then on; the patient's next study that arrives is kept again.
 */
export class ForgetPatient {
  readonly #parts: Pick<VaultParts, 'vault' | 'service' | 'audit'>;

  constructor(parts: Pick<VaultParts, 'vault' | 'service' | 'audit'>) {
    this.#parts = parts;
  }

  /**
   * Idempotent.
   * @param pseudonym the patient's own, or that of any of their studies
   * @returns how many rows went
   */
  async run(operator: string, pseudonym: string): Promise<number> {
    const { vault, service, audit } = this.#parts;
    return sealing(vault, async (manager) => {
      const patientKey = (await findRow('study', pseudonym, manager))?.patientKey ?? pseudonym;
      // Notes first: killed in between, rows without notes are forgotten by the next try; notes without rows would be an alarm.
      await forgetNotes(await placesOf(patientKey, manager), service.manager);
      const rows = await deletePatient(patientKey, manager);
      const detail = { rows };
      await recordSteps(audit, [{ code: 'identity-forgotten', actor: { operator }, subject: patientKey, detail }]);
      return rows;
    });
  }
}
