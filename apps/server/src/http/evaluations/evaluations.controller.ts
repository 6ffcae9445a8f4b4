import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { z } from 'zod';
import type { EvaluationReport } from '@precedent/bias';
import { evaluateRetrieval } from '@precedent/bias';
import type { AuditTrail, ProvenanceLedger } from '@precedent/kernel';
import { AUDIT_TRAIL, PROVENANCE_LEDGER } from '@precedent/kernel';
import type { Operation } from '../operation.ts';
import { EvaluationBody } from '../schemas.ts';
import { ZodPipe } from '../zod.pipe.ts';
import { labelOf } from './label-of.ts';
import type { RankedQuery } from './rank-all-studies.ts';
import { RankAllStudies } from './rank-all-studies.ts';

const Report = z.looseObject({ labels: z.array(z.string()), queries: z.number(), patients: z.number() });
const EvaluationResponse = z.object({ studies: z.number(), space: z.string(), reports: z.array(Report) });

export const evaluationsOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/evaluations',
    id: 'evaluateRetrieval',
    summary:
      'Leave-one-patient-out retrieval quality over the whole archive, per class, with patient-clustered intervals',
    body: { 'application/json': EvaluationBody },
    responses: { 200: { description: 'One report a label.', content: { 'application/json': EvaluationResponse } } },
  },
];

interface LabelledReport extends EvaluationReport {
  readonly labels: readonly string[];
}

@Controller('v1/evaluations')
export class EvaluationsController {
  constructor(
    @Inject(RankAllStudies) private readonly rankAll: RankAllStudies,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
    @Inject(PROVENANCE_LEDGER) private readonly ledger: ProvenanceLedger,
  ) {}

  @Post()
  @HttpCode(200)
  async evaluate(
    @Body(new ZodPipe(EvaluationBody)) body: z.output<typeof EvaluationBody>,
  ): Promise<{ studies: number; space: string; reports: LabelledReport[] }> {
    const { queries, space } = await this.rankAll.run();
    const reports = body.labels.map((labels) => report(queries, labels, body));
    const detail = { studies: queries.length, labels: body.labels.map((l) => l.join('×')).join(', ') };
    await this.audit.record([{ code: 'evaluation-run', outcome: 'success', actor: 'local-token', detail }]);
    const parameters = { ...detail, seed: body.seed, bootstrap: body.bootstrap };
    await this.ledger.record([{ activity: 'evaluate', output: `evaluation@${space}`, inputs: [space], parameters }]);
    return { studies: queries.length, space, reports };
  }
}

function report(
  queries: readonly RankedQuery[],
  labels: readonly string[],
  body: z.output<typeof EvaluationBody>,
): LabelledReport {
  const items = queries.map(({ study }) => ({
    studyKey: study.studyKey,
    patientKey: study.patientKey,
    label: labelOf(study, labels),
  }));
  const rankings = new Map(queries.map(({ study, ranked }) => [study.studyKey as string, ranked as readonly string[]]));
  return { labels, ...evaluateRetrieval({ items, rankings, seed: body.seed, bootstrap: body.bootstrap }) };
}
