import type { ServiceClient, SimilarCases } from '../client/service-client.ts';

/** One question with its answer, as the demo shows it. */
export interface Example {
  readonly question: string;
  readonly answer: SimilarCases;
}

const EXAMPLES = 3;
const CASES_SHOWN = 5;
const STUDIES_LOOKED_AT = 200;

/** Similar cases of a few studies of different kinds, in an order that is the same every time. */
export async function askExamples(client: ServiceClient): Promise<readonly Example[]> {
  const { studies } = await client.studies(STUDIES_LOOKED_AT);
  const keys = studies.flatMap((s) => (s.studyKey !== null && s.state === 'indexed' ? [s.studyKey] : [])).sort();
  const examples: Example[] = [];
  const kinds = new Set<string>();
  for (const studyKey of keys) {
    if (examples.length === EXAMPLES) break;
    const asked = await client.caseOf(studyKey);
    const kind = `${asked.modality} ${asked.bodyPart}`;
    if (kinds.has(kind)) continue;
    kinds.add(kind);
    const answer = await client.similarByKey({ studyKey }, CASES_SHOWN, {});
    const known = asked.outcome?.diagnosis ?? 'unknown';
    examples.push({ question: `${kind}, ${asked.sex}, ${asked.ageBand} (its own outcome: ${known})`, answer });
  }
  return examples;
}
