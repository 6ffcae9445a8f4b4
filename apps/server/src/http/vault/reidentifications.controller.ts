import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { ReidentificationRequest } from '@precedent/deid';
import type { Operation } from '../operation.ts';
import { ZodPipe } from '../zod.pipe.ts';
import { VaultDoor } from './vault-door.ts';
import {
  AskBody,
  OPERATOR_HEADER,
  OperatorHeader,
  RequestParams,
  RequestResponse,
  RequestsQuery,
  RequestsResponse,
  RequestView,
  RevealResponse,
} from './vault-schemas.ts';

const asOperator = { headers: OperatorHeader } as const;
const decided = { 200: { description: 'The request as it is now.', content: { 'application/json': RequestView } } };

export const reidentificationsOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/re-identifications',
    id: 'askReidentification',
    summary: 'Asks whom a pseudonym stands for; another person has to approve before anything is told',
    ...asOperator,
    body: { 'application/json': AskBody },
    responses: { 201: { description: 'The request.', content: { 'application/json': RequestView } } },
  },
  {
    method: 'get',
    path: '/v1/re-identifications',
    id: 'listReidentifications',
    summary: 'Requests, newest first, without their reasons',
    ...asOperator,
    query: RequestsQuery,
    responses: { 200: { description: 'Requests.', content: { 'application/json': RequestsResponse } } },
  },
  {
    method: 'get',
    path: '/v1/re-identifications/{id}',
    id: 'readReidentification',
    summary: 'One request with its reason, for who decides',
    ...asOperator,
    params: RequestParams,
    responses: { 200: { description: 'The request.', content: { 'application/json': RequestResponse } } },
  },
  {
    method: 'post',
    path: '/v1/re-identifications/{id}/approve',
    id: 'approveReidentification',
    summary: 'Approves a request of another person',
    ...asOperator,
    params: RequestParams,
    responses: decided,
  },
  {
    method: 'post',
    path: '/v1/re-identifications/{id}/deny',
    id: 'denyReidentification',
    summary: 'Denies a request of another person',
    ...asOperator,
    params: RequestParams,
    responses: decided,
  },
  {
    method: 'post',
    path: '/v1/re-identifications/{id}/reveal',
    id: 'revealIdentity',
    summary: 'One look at the identity, by who asked, within the term; counted and audited',
    ...asOperator,
    params: RequestParams,
    responses: {
      200: { description: 'The identity. Not to be stored.', content: { 'application/json': RevealResponse } },
    },
  },
];

type Id = z.output<typeof RequestParams>;

@Controller('v1/re-identifications')
export class ReidentificationsController {
  constructor(@Inject(VaultDoor) private readonly door: VaultDoor) {}

  @Post()
  @HttpCode(201)
  async ask(
    @Headers(OPERATOR_HEADER) token: string | undefined,
    @Body(new ZodPipe(AskBody)) body: z.output<typeof AskBody>,
  ): Promise<z.output<typeof RequestView>> {
    const { vault, operator } = await this.door.openFor(token);
    return viewOf(await vault.ask.run(operator, body));
  }

  @Get()
  async list(
    @Headers(OPERATOR_HEADER) token: string | undefined,
    @Query(new ZodPipe(RequestsQuery)) query: z.output<typeof RequestsQuery>,
  ): Promise<z.output<typeof RequestsResponse>> {
    const { vault, operator } = await this.door.openFor(token);
    await vault.expiry.run();
    return { requests: (await vault.read.list(operator, query)).map(viewOf) };
  }

  @Get(':id')
  async read(
    @Headers(OPERATOR_HEADER) token: string | undefined,
    @Param(new ZodPipe(RequestParams)) { id }: Id,
  ): Promise<z.output<typeof RequestResponse>> {
    const { vault, operator } = await this.door.openFor(token);
    await vault.expiry.run();
    const { request, reason } = await vault.read.one(operator, id);
    return { ...viewOf(request), reason };
  }

  @Post(':id/approve')
  @HttpCode(200)
  async approve(
    @Headers(OPERATOR_HEADER) token: string | undefined,
    @Param(new ZodPipe(RequestParams)) { id }: Id,
  ): Promise<z.output<typeof RequestView>> {
    const { vault, operator } = await this.door.openFor(token);
    return viewOf(await vault.decide(operator, id, 'approve'));
  }

  @Post(':id/deny')
  @HttpCode(200)
  async deny(
    @Headers(OPERATOR_HEADER) token: string | undefined,
    @Param(new ZodPipe(RequestParams)) { id }: Id,
  ): Promise<z.output<typeof RequestView>> {
    const { vault, operator } = await this.door.openFor(token);
    return viewOf(await vault.decide(operator, id, 'deny'));
  }

  @Post(':id/reveal')
  @HttpCode(200)
  async reveal(
    @Headers(OPERATOR_HEADER) token: string | undefined,
    @Param(new ZodPipe(RequestParams)) { id }: Id,
  ): Promise<z.output<typeof RevealResponse>> {
    const { vault, operator } = await this.door.openFor(token);
    const { request, identity } = await vault.reveal(operator, id);
    return { request: viewOf(request), identity };
  }
}

function viewOf(request: ReidentificationRequest): z.output<typeof RequestView> {
  const { requestedAt, expiresAt, decidedAt, ...rest } = request;
  const times = { requestedAt: requestedAt.toISOString(), expiresAt: expiresAt.toISOString() };
  return { ...rest, ...times, decidedAt: decidedAt?.toISOString() ?? null };
}
