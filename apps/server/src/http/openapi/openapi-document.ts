import { z } from 'zod';
import type { Content, Operation } from '../operation.ts';

type Json = Record<string, unknown>;

/** RFC 9457. Every error answer of the API has this form. */
const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status'],
  properties: {
    type: { type: 'string', description: 'Stable identifier of the kind of problem.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What to do about it. Never patient data.' },
    instance: { type: 'string', description: 'The request id, for the log.' },
    code: { type: 'string' },
  },
};

/** The API description, OpenAPI 3.1, made from the same zod schemas that check the requests. */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    (paths[operation.path] ??= {})[operation.method] = operationObject(operation);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Precedent',
      version,
      description:
        'Similar prior cases from a hospital’s own archive. Pseudonymous throughout. Not for primary diagnosis.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationObject(operation: Operation): Json {
  const parameters = [
    ...parametersOf(operation.params, 'path'),
    ...parametersOf(operation.query, 'query'),
    ...parametersOf(operation.headers, 'header'),
  ];
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.anonymous === true ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(operation.body, 'input') } }),
    responses: { ...responsesOf(operation), default: problemResponse() },
  };
}

function responsesOf(operation: Operation): Json {
  return Object.fromEntries(
    Object.entries(operation.responses).map(([status, { description, content }]) => [
      status,
      { description, ...(content === undefined ? {} : { content: contentOf(content, 'output') }) },
    ]),
  );
}

function problemResponse(): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description: 'A problem (RFC 9457).', content: { 'application/problem+json': { schema } } };
}

function contentOf(content: Content, io: 'input' | 'output'): Json {
  return Object.fromEntries(
    Object.entries(content).map(([type, schema]) => [
      type,
      schema === 'binary' ? {} : { schema: schemaOf(schema, io) },
    ]),
  );
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  delete json.$schema; // the document itself says which dialect it speaks
  return json;
}

function parametersOf(schema: z.ZodObject | undefined, place: 'path' | 'query' | 'header'): Json[] {
  if (schema === undefined) return [];
  const json = schemaOf(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(json.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || (json.required ?? []).includes(name),
    schema: property,
  }));
}
