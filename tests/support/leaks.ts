// Every secret that goes to or comes from a test server is written down beside its log; when the
// server ends, none of them may be in the log. So the whole suite is the test.
import { appendFileSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NAMES = 'password|new_password|current_password|api_key|apiKey|access_token|accessToken|refresh_token|refreshToken|key|token|code|code_verifier|invite_code|email';
const IN_JSON = new RegExp(`"(?:${NAMES})"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"`, 'g');
const IN_FORM = new RegExp(`(?:^|&)(?:${NAMES})=([^&]*)`, 'g');
const SECRET_HEADERS = ['authorization', 'x-api-key', 'x-signature'];

/** Shorter or simpler values are words, which a log may well contain. */
const SHORTEST = 10;
const isTelling = (value: string): boolean => value.length >= SHORTEST && new Set(value).size > 4 && !value.includes('\n') && !UUID.test(value) && !ERROR_CODE.test(value);

/** The `code` of an error. */
const ERROR_CODE = /^[A-Z]+(_[A-Z]+)+$/;

/** Identifiers are no secrets here, and logged on purpose. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const fileBeside = (logFile: string): string => join(dirname(logFile), 'secrets.txt');

/** Notes the secrets of a request. */
export function noteRequest(logFile: string, init: RequestInit = {}): void {
  const headers = new Headers(init.headers);
  const credentials = SECRET_HEADERS.flatMap((name) => headers.get(name)?.split(' ').at(-1) ?? []);
  const body = typeof init.body === 'string' ? init.body : '';
  note(logFile, [...credentials, ...secretsIn(body)]);
}

/** Notes the secrets of an answer, without touching it. */
export async function noteAnswer(logFile: string, answer: Response): Promise<void> {
  if (!answer.headers.get('content-type')?.startsWith('application/json')) return;
  note(logFile, secretsIn(await answer.clone().text()));
}

function secretsIn(body: string): string[] {
  const inJson = [...body.matchAll(IN_JSON)].map(([, value]) => value!);
  const inForm = body.startsWith('{') ? [] : [...body.matchAll(IN_FORM)].map(([, value]) => decodeURIComponent(value!.replaceAll('+', ' ')));
  return [...inJson, ...inForm];
}

function note(logFile: string, secrets: string[]): void {
  const telling = secrets.filter(isTelling);
  if (telling.length > 0) appendFileSync(fileBeside(logFile), `${telling.join('\n')}\n`);
}

/** Fails when a log of the server's folder has a secret that was noted. */
export function expectNoLeaks(logFile: string): void {
  if (!existsSync(fileBeside(logFile))) return;
  const folder = dirname(logFile);
  const logs = readdirSync(folder).filter((name) => /^server-\d+\.log$/.test(name));
  const log = logs.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const secrets = new Set(readFileSync(fileBeside(logFile), 'utf8').split('\n').filter(Boolean));
  // Whole, or the telling half of a token.
  const leaked = [...secrets].flatMap((secret) => [secret, ...secret.split('.').slice(1).filter((part) => part.length > 40 && isTelling(part))]).filter((secret) => log.includes(secret));
  if (leaked.length > 0) throw new Error(`the log of the test server has ${leaked.length} secrets, such as ${leaked[0]!.slice(0, 12)}…`);
}
