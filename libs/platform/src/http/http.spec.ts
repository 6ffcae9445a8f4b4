/** Real: Nest, Express, helmet, supertest over loopback. Fake: a controller that does what a request must not show. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import { Body, Controller, Get, Module, NotFoundException, Param, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response } from 'express';
import type { AddressInfo } from 'node:net';
import { request as httpRequest } from 'node:http';
import request from 'supertest';
import { z } from 'zod';
import { CodedError } from '@precedent/kernel';
import { applySecurityDefaults, currentRequestId, Metrics, ProblemDetailsFilter } from '@precedent/platform';

const SECRET = 'DOE^JANE';

@Controller()
class Probe {
  @Get('fault/:kind')
  fault(@Param('kind') kind: string): string {
    if (kind === 'known') throw new CodedError('STORE_FULL', 'The disk is full.');
    if (kind === 'unknown-code') throw new CodedError('VAULT_LOCKED', `about ${SECRET}`);
    if (kind === 'zod') z.object({ k: z.number() }).parse({ k: SECRET });
    if (kind === 'http') throw new NotFoundException('There is no such case.');
    throw new Error(SECRET);
  }

  @Get('id')
  id(): { id: string | undefined } {
    return { id: currentRequestId() };
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('half')
  half(@Res() response: Response): void {
    response.write('half');
    throw new Error(SECRET);
  }
}

@Module({ controllers: [Probe] })
class ProbeModule {}

describe('HTTP edge', () => {
  let app: NestExpressApplication;
  const metrics = new Metrics();
  const server = () => app.getHttpServer();

  beforeAll(async () => {
    app = await NestFactory.create<NestExpressApplication>(ProbeModule, { bodyParser: false, logger: false });
    applySecurityDefaults(app, { jsonLimitBytes: 1000, metrics });
    app.useGlobalFilters(new ProblemDetailsFilter({ statusOf: { STORE_FULL: 507 } }));
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  it('sends the security headers on every answer, errors too', async () => {
    for (const path of ['/id', '/nowhere', '/fault/x']) {
      const { headers } = await request(server()).get(path);
      expect(headers['x-powered-by']).toBeUndefined();
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cache-control']).toBe('private, no-store');
      expect(headers['strict-transport-security']).toBeDefined();
    }
  });

  it('tells a known fault by its sentence and status', async () => {
    const answer = await request(server()).get('/fault/known').set('X-Request-Id', 'abcdefgh-1');
    expect(answer.status).toBe(507);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).toEqual({
      type: 'urn:precedent:problem:store-full',
      title: 'Insufficient Storage',
      status: 507,
      code: 'STORE_FULL',
      detail: 'The disk is full.',
      instance: 'abcdefgh-1',
    });
  });

  it.each(['unknown-code', 'error'])('tells nothing of an unknown fault (%s)', async (kind) => {
    const answer = await request(server()).get(`/fault/${kind}`);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain(SECRET);
    expect(answer.body).toMatchObject({ code: 'INTERNAL', status: 500 });
    expect(answer.body).not.toHaveProperty('detail');
  });

  it('lists every issue of a request that does not fit, without the value', async () => {
    const answer = await request(server()).get('/fault/zod');
    expect(answer.status).toBe(400);
    expect((answer.body as { errors: unknown[] }).errors).toEqual([
      { path: 'k', message: expect.any(String) as unknown },
    ]);
    expect(answer.text).not.toContain(SECRET);
  });

  it('keeps the sentences of its own exceptions and not what Nest says of a URL', async () => {
    expect((await request(server()).get('/fault/http')).body).toMatchObject({
      status: 404,
      detail: 'There is no such case.',
    });
    const unknown = await request(server()).get('/nowhere/1.2.840.1');
    expect(unknown.status).toBe(404);
    expect(unknown.text).not.toContain('1.2.840');
    const broken = await request(server()).get('/fault/%E0%A4%A');
    expect(broken.status).toBe(400);
    expect(broken.text).not.toContain('%E0');
  });

  it('does not quote a body that is broken, too large, or in a foreign encoding', async () => {
    const post = (body: string, type = 'application/json') =>
      request(server()).post('/echo').set('Content-Type', type).send(body);
    const broken = await post(`{"name": "${SECRET}"`);
    expect(broken.body).toMatchObject({ status: 400, code: 'REQUEST_BODY_INVALID' });
    expect(broken.text).not.toContain(SECRET);
    expect((await post(JSON.stringify({ name: 'x'.repeat(2000) }))).body).toMatchObject({ status: 413 });
    expect((await post('{}', 'application/json; charset=utf-99')).body).toMatchObject({ status: 415 });
    expect((await post('{"ok":true}')).body).toEqual({ ok: true });
  });

  it('takes a safe request id, refuses others (a UID too), and knows it inside of the handler', async () => {
    const ask = (id: string) => request(server()).get('/id').set('X-Request-Id', id);
    const given = await ask('trace-0123456789');
    expect(given.body).toEqual({ id: 'trace-0123456789' });
    expect(given.headers['x-request-id']).toBe('trace-0123456789');
    for (const bad of ['1.2.840.10008.1.2', 'short', 'DOE^JANE-12345', 'x'.repeat(65)])
      expect((await ask(bad)).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('cuts the connection when a fault comes in the middle of an answer', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const ended = await new Promise<string>((resolve) => {
      httpRequest({ port, host: '127.0.0.1', path: '/half' }, (response) => {
        response.resume();
        response.on('end', () => resolve('whole'));
        response.on('error', () => resolve('cut'));
      }).end();
    });
    expect(ended).toBe('cut');
  });

  it('counts requests by declared route, never by URL', async () => {
    await request(server()).get('/fault/1.2.840.10008');
    const { body } = await metrics.render();
    expect(body).toMatch(
      /precedent_http_request_seconds_count\{method="GET",route="\/fault\/:kind",status="500"\} \d+/,
    );
    expect(body).not.toContain('1.2.840');
  });
});
