// The one shape of every error (CONTRACT 4.1).
import { expect } from 'vitest';

export interface FieldError {
  field: string;
  message: string;
  type: string;
}

export interface Envelope {
  error: { code: string; message: string; type: string; details?: FieldError[] };
  meta: { request_id: string; timestamp: string; path: string };
  statusCode?: number;
  message?: string;
}

/** Checks that an answer is an error in our envelope, down to the last key, and returns it. */
export async function expectError(answer: Response, status: number, code?: string): Promise<Envelope> {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/json');
  const body = JSON.parse(text) as Envelope;
  expectEnvelope(body);
  if (code) expect(body.error.code).toBe(code);
  expect(body.meta.request_id).toBe(answer.headers.get('x-request-id'));
  return body;
}

/** Checks a body that was read already. */
export function expectEnvelope(body: Envelope): void {
  const { error, meta } = body;
  expect(error.code).toMatch(/^[A-Z][A-Z_]+$/);
  expect(error.message).toBeTypeOf('string');
  expect(error.message).not.toBe('');
  expect(['validation_error', 'http_error', 'api_error', 'server_error']).toContain(error.type);
  const hasDetails = error.code === 'VALIDATION_ERROR' || (error.code === 'CONFLICT' && 'details' in error);
  const keys = hasDetails ? ['code', 'details', 'message', 'type'] : ['code', 'message', 'type'];
  expect(Object.keys(error).sort()).toEqual(keys);
  if (error.details) expectDetails(error.details);
  expect(Object.keys(meta).sort()).toEqual(['path', 'request_id', 'timestamp']);
  expect(meta.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(meta.request_id).toBeTypeOf('string');
  expect(meta.path).toMatch(/^\//);
}

function expectDetails(details: FieldError[]): void {
  expect(details.length).toBeGreaterThan(0);
  for (const detail of details) {
    expect(Object.keys(detail).sort()).toEqual(['field', 'message', 'type']);
    expect(detail.field).toMatch(/^[a-z][a-z0-9_.[\]]*$/);
    expect(detail.message).not.toBe('');
    expect(['missing_field', 'invalid_format', 'invalid_value', 'too_long', 'too_small']).toContain(detail.type);
  }
}
