import { BadRequestException, Controller, HttpCode, Inject, NotFoundException, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import type { AuditTrail } from '@precedent/kernel';
import { AUDIT_TRAIL, CodedError, studyKey } from '@precedent/kernel';
import type { CaseFilter, SimilarCasesAnswer, SimilarCasesQuery } from '@precedent/retrieval';
import { FindSimilarCases } from '@precedent/retrieval';
import type { Operation } from '../operation.ts';
import { SimilarCasesBody, SimilarCasesParameters, SimilarCasesResponse } from '../schemas.ts';
import { studyView } from '../views.ts';
import { ZodPipe } from '../zod.pipe.ts';
import { EmbedUpload } from './embed-upload.ts';
import { readUpload } from './read-upload.ts';

/** Stands on every answer: this is evidence to look at, not a finding. */
const NOTICE =
  'Similar prior cases for reference. Not for primary diagnosis. Scores are similarities, not probabilities.';

export const similarCasesOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/similar-cases',
    id: 'findSimilarCases',
    summary: 'Similar prior cases of an archived study or image (JSON), or of uploaded pictures (options in the URL)',
    query: SimilarCasesParameters,
    body: {
      'application/json': SimilarCasesBody,
      'application/dicom': 'binary',
      'image/png': 'binary',
      'image/jpeg': 'binary',
      'multipart/related': 'binary',
    },
    responses: { 200: { description: 'Ranked cases.', content: { 'application/json': SimilarCasesResponse } } },
  },
];

type Parameters = z.output<typeof SimilarCasesParameters>;
interface Asked {
  readonly query: SimilarCasesQuery;
  readonly k: number;
  readonly filter: CaseFilter;
}

@Controller('v1/similar-cases')
export class SimilarCasesController {
  constructor(
    @Inject(FindSimilarCases) private readonly cases: FindSimilarCases,
    @Inject(EmbedUpload) private readonly uploads: EmbedUpload,
    @Inject(AUDIT_TRAIL) private readonly audit: AuditTrail,
  ) {}

  @Post()
  @HttpCode(200)
  async find(
    @Req() request: Request,
    @Query(new ZodPipe(SimilarCasesParameters)) parameters: Parameters,
  ): Promise<z.output<typeof SimilarCasesResponse>> {
    const { query, k, filter } = await this.#asked(request, parameters);
    const answer = await this.cases.find(query, { k, filter });
    const outcome = answer.kind === 'answered' ? 'success' : 'failure';
    await this.audit.record([
      { code: 'query', outcome, actor: 'local-token', ...subjectOf(query, answer), detail: { kind: query.kind, k } },
    ]);
    return responseOf(answer);
  }

  async #asked(request: Request, parameters: Parameters): Promise<Asked> {
    if (request.is('application/json') !== false) {
      if (Object.keys(request.query).length > 0)
        throw new BadRequestException('With a key, k and the filter stand in the body: leave them out of the URL.');
      return askedByKey(SimilarCasesBody.parse(request.body));
    }
    const { k, ...filter } = parameters;
    const upload = await this.uploads.run(await readUpload(request));
    return { query: { kind: 'vectors', ...upload }, k, filter: filterOf(filter) };
  }
}

function askedByKey(body: z.output<typeof SimilarCasesBody>): Asked {
  const { studyKey: study, imageKey: image = '', k, filter = {} } = body;
  const query: SimilarCasesQuery =
    study === undefined ? { kind: 'image', imageKey: image } : { kind: 'study', studyKey: studyKey(study) };
  return { query, k, filter: filterOf(filter) };
}

/** Drops filters that were not given: an absent key and `undefined` are not the same to the rooms inside. */
function filterOf(filter: { readonly [K in keyof CaseFilter]: string[] | undefined }): CaseFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, values]) => values !== undefined));
}

/** A key that nothing is known by may be anything that was typed, a patient's number too: it is not recorded. */
function subjectOf(query: SimilarCasesQuery, answer: SimilarCasesAnswer): { subject?: string } {
  if (answer.kind === 'unknown-study' || answer.kind === 'unknown-image') return {};
  if (query.kind === 'study') return { subject: query.studyKey };
  return query.kind === 'image' ? { subject: query.imageKey } : {};
}

function responseOf(answer: SimilarCasesAnswer): z.output<typeof SimilarCasesResponse> {
  if (answer.kind === 'unknown-study' || answer.kind === 'unknown-image') {
    throw new NotFoundException('No such study or image in the archive.');
  }
  if (answer.kind === 'not-embedded') {
    throw new CodedError(
      'STUDY_NOT_EMBEDDED',
      'The study is archived but not embedded yet, or none of its images can be shown: try later.',
    );
  }
  const results = answer.results.map(({ rank, score, study, bestMatch }) => ({
    rank,
    score,
    ...studyView(study),
    bestMatch,
  }));
  const { answerId, spaceId: space, searchedImages } = answer;
  return { answerId, space, searchedImages, notice: NOTICE, results };
}
