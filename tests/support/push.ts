// Apple and Google as notifications meet them: a local server that speaks the provider API of APNs,
// the HTTP v1 API of FCM, and Google's token service. It checks what they check.
import { generateKeyPairSync, randomBytes, randomUUID, verify, type KeyObject } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const DEVICES = '/api/v1/push/devices';
export const TEST = '/api/v1/push/test';
export const APP = 'org.example.app';
export const PROJECT = 'example-project';
const KEY_ID = 'ABC123DEFG';
const TEAM_ID = 'DEF123GHIJ';
const EMAIL = `push@${PROJECT}.iam.gserviceaccount.com`;
const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';

/** A token as Apple and Google make them. */
export const appleToken = (): string => randomBytes(32).toString('hex');
export const googleToken = (): string => `${randomBytes(16).toString('base64url')}:APA91b${randomBytes(90).toString('base64url')}`;

export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: any;
  at: number;
}

/** How a request is met. */
export type Reaction = { status: number; body?: unknown; headers?: Record<string, string> } | 'hang up after accepting';

/** What Google says of an error. */
export const fcmError = (status: number, code: string, headers?: Record<string, string>): Reaction => ({
  status,
  headers,
  body: { error: { code: status, message: 'not for logs', status: code, details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code }] } },
});
export const apnsError = (status: number, reason: string, more: object = {}, headers?: Record<string, string>): Reaction => ({ status, headers, body: { reason, ...more } });

export class PushProviders {
  /** Requests by the token of the device. */
  readonly asked = new Map<string, Asked[]>();
  /** Provider tokens that Apple has seen, and those that Google has granted. */
  readonly appleTokens = new Set<string>();
  readonly granted: string[] = [];
  /** What was wrong with any request. */
  readonly complaints: string[] = [];
  readonly #reactions = new Map<string, Reaction[]>();
  readonly #apple = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #google = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #server: HttpServer;
  tokenReactions: number[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const path = request.url!;
        if (request.method !== 'POST') this.complaints.push(`${request.method} ${path}`);
        if (path === '/token') return this.#grant(request.headers, new URLSearchParams(text), response);
        this.#answer({ path, headers: request.headers, body: JSON.parse(text), at: Date.now() }, response);
      });
    });
  }

  static async start(): Promise<PushProviders> {
    const providers = new PushProviders();
    await new Promise<void>((resolve) => providers.#server.listen(0, '127.0.0.1', resolve));
    return providers;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What an operator sets. */
  get vars(): Record<string, string> {
    const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
    const account = { type: 'service_account', project_id: PROJECT, private_key_id: 'x', private_key: pem(this.#google.privateKey), client_email: EMAIL, token_uri: `${this.url}/token` };
    return {
      APNS_KEY: pem(this.#apple.privateKey).replaceAll('\n', '\\n'),
      APNS_KEY_ID: KEY_ID,
      APNS_TEAM_ID: TEAM_ID,
      APNS_URL: this.url,
      APNS_SANDBOX_URL: `${this.url}/sandbox`,
      FCM_SERVICE_ACCOUNT: JSON.stringify(account),
      FCM_URL: this.url,
    };
  }

  /** How the next requests for a device are met; the rest is accepted. */
  expect(token: string, ...reactions: Reaction[]): void {
    this.#reactions.set(token, reactions);
  }

  of(token: string): Asked[] {
    return this.asked.get(token) ?? [];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(asked: Asked, response: ServerResponse): void {
    const isApple = asked.path.includes('/3/device/');
    const token = isApple ? asked.path.split('/').at(-1)! : asked.body.message.token;
    this.asked.set(token, [...this.of(token), asked]);
    if (isApple) this.#checkApple(asked);
    else this.#checkGoogle(asked);
    const id = isApple ? String(asked.headers['apns-id']) : `projects/${PROJECT}/messages/${randomUUID()}`;
    const reaction = this.#reactions.get(token)?.shift() ?? { status: 200 };
    if (reaction === 'hang up after accepting') return void response.destroy();
    const { status, body, headers } = reaction;
    response.writeHead(status, { 'content-type': 'application/json', ...(isApple && { 'apns-id': id }), ...headers });
    response.end(status === 200 ? (isApple ? '' : JSON.stringify({ name: id })) : JSON.stringify(body ?? {}));
  }

  #checkApple({ headers }: Asked): void {
    const token = String(headers.authorization).replace(/^bearer /, '');
    this.appleTokens.add(token);
    const { header, claims, isGood } = read(token, this.#apple.publicKey, 'ieee-p1363');
    if (!isGood || header.alg !== 'ES256' || header.kid !== KEY_ID || claims.iss !== TEAM_ID) this.complaints.push(`APNs token ${JSON.stringify([header, claims, isGood])}`);
    if (Math.abs(claims.iat - Date.now() / 1000) > 3600) this.complaints.push('APNs token is too old');
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(headers['apns-id']))) this.complaints.push('apns-id is no UUID');
    if (Buffer.byteLength(String(headers['apns-collapse-id'])) > 64) this.complaints.push('apns-collapse-id is too long');
  }

  #checkGoogle({ path, headers, body }: Asked): void {
    if (path !== `/v1/projects/${PROJECT}/messages:send`) this.complaints.push(path);
    if (headers.authorization !== `Bearer ${this.granted.at(-1)}`) this.complaints.push('FCM access token is unknown');
    const texts = Object.values(body.message.data ?? {}).every((value) => typeof value === 'string');
    if (!texts) this.complaints.push('FCM data are texts');
  }

  #grant(headers: IncomingHttpHeaders, form: URLSearchParams, response: ServerResponse): void {
    const { header, claims, isGood } = read(form.get('assertion') ?? '..', this.#google.publicKey);
    const isRight = isGood && header.alg === 'RS256' && claims.iss === EMAIL && claims.aud === `${this.url}/token` && claims.scope === SCOPE && claims.exp - claims.iat <= 3600;
    if (!isRight || form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' || headers['content-type'] !== 'application/x-www-form-urlencoded') this.complaints.push('assertion');
    const status = this.tokenReactions.shift() ?? 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    if (status !== 200) return void response.end(JSON.stringify({ error: 'invalid_grant' }));
    const access_token = `ya29.${randomBytes(40).toString('base64url')}`;
    this.granted.push(access_token);
    response.end(JSON.stringify({ access_token, expires_in: 3599, token_type: 'Bearer' }));
  }
}

function read(token: string, key: KeyObject, dsaEncoding?: 'ieee-p1363') {
  const [header, claims, signature] = token.split('.');
  const decode = (text = '') => JSON.parse(Buffer.from(text, 'base64url').toString() || '{}');
  const isGood = verify('sha256', Buffer.from(`${header}.${claims}`), { key, dsaEncoding }, Buffer.from(signature ?? '', 'base64url'));
  return { header: decode(header), claims: decode(claims), isGood };
}
