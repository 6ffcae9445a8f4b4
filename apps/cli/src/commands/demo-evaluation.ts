import { codeOf } from '@precedent/kernel';
import type { ServiceClient } from '../client/service-client.ts';
import { note } from '../terminal/output.ts';
import type { Evaluation } from './evaluate.command.ts';

const BOOTSTRAP = 500;
type Labels = readonly (readonly string[])[];

/** Measures by every label that can be: a small archive, or one without outcomes, has classes with nothing to compare. */
export async function evaluateWhatCanBe(client: ServiceClient, labels: Labels): Promise<Evaluation | null> {
  const whole = await evaluateOrNull(client, labels);
  if (whole !== null || labels.length <= 1) return whole;
  const found: Evaluation[] = [];
  for (const label of labels) {
    const one = await evaluateOrNull(client, [label]);
    if (one === null) note(`Not measured by ${label.join(' × ')}: no class has studies of two or more patients.`);
    else found.push(one);
  }
  const [first] = found;
  return first === undefined ? null : { ...first, reports: found.flatMap(({ reports }) => reports) };
}

async function evaluateOrNull(client: ServiceClient, labels: Labels): Promise<Evaluation | null> {
  try {
    return await client.evaluate<Evaluation>({ labels, bootstrap: BOOTSTRAP });
  } catch (error) {
    if (codeOf(error) === 'BIAS_NOTHING_TO_EVALUATE') return null;
    throw error;
  }
}
