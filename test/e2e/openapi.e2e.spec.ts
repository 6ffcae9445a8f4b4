import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServer } from '@precedent/server';

// The API description against the service. Real: the running service, every route asked; the controllers' decorators, read from
// their sources. Fake: nothing.

const HTTP = join(import.meta.dirname, '../../apps/server/src/http');
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options', 'head', 'trace'];

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: object;
}
interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: object }>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

let folder: string;
let server: Awaited<ReturnType<typeof startServer>>;
let document: Document;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-openapi-'));
  await chmod(folder, 0o711);
  server = await startServer({ dataDir: join(folder, 'data') });
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

const described = (): Route[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  );

/** Routes as the controllers' decorators declare them, in the description's spelling. */
async function declared(): Promise<string[]> {
  const files = (await readdir(HTTP, { recursive: true })).filter((name) => name.endsWith('.controller.ts'));
  const sources = await Promise.all(files.map((name) => readFile(join(HTTP, name), 'utf8')));
  return sources.flatMap((source) => {
    const prefix = /@Controller\((?:'([^']*)')?\)/.exec(source)?.[1] ?? '';
    const routes = source.matchAll(/@(Get|Post|Put|Patch|Delete|All|Head|Options)\((?:'([^']*)')?\)/g);
    return [...routes].map(([, method = '', path = '']) => {
      const whole = ['', prefix, path].join('/').replaceAll(/\/+/g, '/').replace(/\/$/, '');
      return `${method.toLowerCase()} ${whole.replaceAll(/:(\w+)/g, '{$1}')}`;
    });
  });
}

describe('routes', () => {
  it('every route that a controller declares is described, and none besides', async () => {
    const routes = await declared();
    expect(routes.length).toBeGreaterThan(10);
    expect(
      described()
        .map(({ method, path }) => `${method} ${path}`)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('every described route is served: 401 without a token, unless it is described as open, and never 404', async () => {
    for (const { method, path, operation } of described()) {
      const response = await fetch(server.url + path.replaceAll(/\{\w+\}/g, 'nosuch'), {
        method: method.toUpperCase(),
      });
      const open = operation.security?.length === 0;
      expect([path, response.status]).toEqual([path, open ? 200 : 401]);
    }
  });
});

describe('the document', () => {
  it('is OpenAPI 3.1 with title, version and a security scheme that exists', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: 'Precedent', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(Object.keys(document.components.securitySchemes ?? {})).toEqual(['token']);
  });

  it('names every operation once, with responses, and every parameter of its path', () => {
    const ids = described().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { method, path, operation } of described()) {
      expect(METHODS).toContain(method);
      expect(path).toMatch(/^\/[^?#]*$/);
      expect(operation.summary).not.toBe('');
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => name)).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      for (const parameter of inPath) expect(parameter.required).toBe(true);
      for (const parameter of operation.parameters ?? []) expect(typeof parameter.schema).toBe('object');
      for (const [status, { description }] of Object.entries(operation.responses)) {
        expect(status).toMatch(/^([1-5]\d\d|[1-5]XX|default)$/);
        expect(description).not.toBe('');
      }
      for (const type of Object.keys(operation.requestBody?.content ?? {}))
        expect(type).toMatch(/^[\w.+-]+\/[\w.+-]+$/);
    }
  });

  it('refers to nothing that is not in it, and uses no word that JSON Schema 2020-12 has dropped', () => {
    for (const [key, value] of everyPair(document)) {
      if (key === '$ref') expect(typeof resolve(String(value))).toBe('object');
      expect(['nullable', '$schema', 'definitions', 'example']).not.toContain(key);
      if (key === 'exclusiveMinimum' || key === 'exclusiveMaximum') expect(typeof value).toBe('number');
      if (key === 'pattern') expect(() => new RegExp(String(value), 'u')).not.toThrow();
    }
  });

  function* everyPair(value: unknown): Generator<[string, unknown]> {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      yield [key, inner];
      yield* everyPair(inner);
    }
  }

  const resolve = (reference: string): unknown =>
    reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
});
