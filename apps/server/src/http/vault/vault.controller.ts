import { Body, Controller, Get, Headers, HttpCode, Inject, Post } from '@nestjs/common';
import type { z } from 'zod';
import type { Operation } from '../operation.ts';
import { ZodPipe } from '../zod.pipe.ts';
import { VaultDoor } from './vault-door.ts';
import {
  DestroyedResponse,
  ForgetBody,
  ForgetResponse,
  KeysResponse,
  NewKeyResponse,
  OPERATOR_HEADER,
  OperatorBody,
  OperatorHeader,
  OperatorResponse,
  OperatorsResponse,
  RemovedResponse,
  SliceBody,
  SliceResponse,
  VerifyResponse,
} from './vault-schemas.ts';

const json = (description: string, schema: z.ZodType) => ({ description, content: { 'application/json': schema } });

export const vaultOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/vault/operators',
    id: 'listVaultOperators',
    summary: 'The people who may ask and decide, removed ones too',
    responses: { 200: json('Operators.', OperatorsResponse) },
  },
  {
    method: 'post',
    path: '/v1/vault/operators',
    id: 'addVaultOperator',
    summary: 'Names a person who may ask and decide; answers with their token, once',
    body: { 'application/json': OperatorBody },
    responses: { 201: json('Name and token.', OperatorResponse) },
  },
  {
    method: 'post',
    path: '/v1/vault/operators/remove',
    id: 'removeVaultOperator',
    summary: 'Takes a person’s rights away; the name stays in the records and is not given again',
    body: { 'application/json': OperatorBody },
    responses: { 200: json('Who.', RemovedResponse) },
  },
  {
    method: 'get',
    path: '/v1/vault/keys',
    id: 'readVaultKeys',
    summary: 'Ids of the keys and how many rows are under each; never a key',
    responses: { 200: json('Keys.', KeysResponse) },
  },
  {
    method: 'post',
    path: '/v1/vault/keys',
    id: 'addVaultKey',
    summary: 'Makes a new key, active from now on; rows are taken over by rotation',
    responses: { 201: json('Its id.', NewKeyResponse) },
  },
  {
    method: 'post',
    path: '/v1/vault/rotation',
    id: 'rotateVault',
    summary: 'Takes the next rows over to the active key; repeat until `next` is null',
    body: { 'application/json': SliceBody },
    responses: { 200: json('What was done.', SliceResponse) },
  },
  {
    method: 'post',
    path: '/v1/vault/keys/destroy-older',
    id: 'destroyOlderVaultKeys',
    summary: 'Destroys every key but the active one, once no row is under them',
    responses: { 200: json('Their ids.', DestroyedResponse) },
  },
  {
    method: 'post',
    path: '/v1/vault/verify',
    id: 'verifyVault',
    summary: 'Opens every row and tells only how many do not open or are older than they should be',
    responses: { 200: json('Counts.', VerifyResponse) },
  },
  {
    method: 'post',
    path: '/v1/vault/forget',
    id: 'forgetPatient',
    summary: 'Forgets for good who a patient is, and what their studies were',
    headers: OperatorHeader,
    body: { 'application/json': ForgetBody },
    responses: { 200: json('How many rows went.', ForgetResponse) },
  },
];

@Controller('v1/vault')
export class VaultController {
  constructor(@Inject(VaultDoor) private readonly door: VaultDoor) {}

  @Get('operators')
  async operators(): Promise<z.output<typeof OperatorsResponse>> {
    const operators = await this.door.open().operators.list();
    return {
      operators: operators.map(({ name, addedAt, removedAt }) => ({
        name,
        addedAt: addedAt.toISOString(),
        removedAt: removedAt?.toISOString() ?? null,
      })),
    };
  }

  @Post('operators')
  @HttpCode(201)
  async addOperator(
    @Body(new ZodPipe(OperatorBody)) { name }: z.output<typeof OperatorBody>,
  ): Promise<z.output<typeof OperatorResponse>> {
    return { name, token: await this.door.open().operators.add(name) };
  }

  @Post('operators/remove')
  @HttpCode(200)
  async removeOperator(
    @Body(new ZodPipe(OperatorBody)) { name }: z.output<typeof OperatorBody>,
  ): Promise<z.output<typeof RemovedResponse>> {
    await this.door.open().operators.remove(name);
    return { removed: name };
  }

  @Get('keys')
  async keys(): Promise<z.output<typeof KeysResponse>> {
    const { active, keys, wrapping, sealing } = await this.door.open().rotation.state();
    return { active, keys: [...keys], wrapping: [...wrapping], sealing: [...sealing] };
  }

  @Post('keys')
  @HttpCode(201)
  async addKey(): Promise<z.output<typeof NewKeyResponse>> {
    return { keyId: await this.door.open().rotation.addKey() };
  }

  @Post('rotation')
  @HttpCode(200)
  rotate(
    @Body(new ZodPipe(SliceBody)) { reencrypt, after }: z.output<typeof SliceBody>,
  ): Promise<z.output<typeof SliceResponse>> {
    return this.door.open().rotation.slice(reencrypt, after);
  }

  @Post('keys/destroy-older')
  @HttpCode(200)
  async destroyOlder(): Promise<z.output<typeof DestroyedResponse>> {
    return { destroyed: [...(await this.door.open().rotation.destroyOlder())] };
  }

  @Post('verify')
  @HttpCode(200)
  verify(): Promise<z.output<typeof VerifyResponse>> {
    return this.door.open().verification.run();
  }

  @Post('forget')
  @HttpCode(200)
  async forget(
    @Headers(OPERATOR_HEADER) token: string | undefined,
    @Body(new ZodPipe(ForgetBody)) { pseudonym }: z.output<typeof ForgetBody>,
  ): Promise<z.output<typeof ForgetResponse>> {
    const { vault, operator } = await this.door.openFor(token);
    return { rows: await vault.forgetting.run(operator, pseudonym) };
  }
}
