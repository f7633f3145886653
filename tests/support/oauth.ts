// An app of others, as it would be written: it opens a browser, waits for the redirect, and calls
// the token endpoint. And the person in the browser.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createUser } from '../../scripts/lib/accounts.mjs';
import { serverDatabase } from '../../scripts/lib/database-server.mjs';
import { createClient, disableClient } from '../../scripts/lib/oauth-clients.mjs';
import type { Server } from './server.ts';

export const AUTHORIZE = '/api/v1/oauth/authorize';
export const TOKEN = '/api/v1/oauth/token';
export const REVOKE = '/api/v1/oauth/revoke';

export type Fields = Record<string, string | undefined>;

export interface Tokens {
  access_token: string;
  token_type: string;
  expires_in: number;
  refresh_token: string;
  scope: string;
}

/** A form on a page, as a browser sees it. */
export interface Form {
  action: string;
  method: string;
  fields: Record<string, string>;
}

/** Fields as a form body or a query; those that are undefined are left out. */
export const encode = (fields: Fields): URLSearchParams =>
  new URLSearchParams(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** POST of a form, without following the redirect. */
export const postForm = (server: Server, path: string, fields: Fields | string, headers: Record<string, string> = {}): Promise<Response> =>
  server.fetch(path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof fields === 'string' ? fields : encode(fields).toString(),
  });

/** What a browser reads where the page says `&quot;`. */
export const unescape = (html: string): string =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!);

/** The one form of a page. */
export function formOf(html: string): Form {
  const forms = [...html.matchAll(/<form method="(\w+)" action="([^"]*)">([\s\S]*?)<\/form>/g)];
  expect(forms).toHaveLength(1);
  const [, method, action, content] = forms[0]!;
  const inputs = [...content!.matchAll(/<input ([^>]*)>/g)].map(([, attributes]) => Object.fromEntries([...attributes!.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, unescape(value!)])));
  return { method: method!, action: unescape(action!), fields: Object.fromEntries(inputs.map(({ name, value = '' }) => [name!, value])) };
}

/** The parameters that a redirect carries, after a check that it goes where it should. */
export function redirectOf(answer: Response, redirectUri: string): Record<string, string> {
  expect(answer.status).toBe(303);
  const location = answer.headers.get('location')!;
  const mark = redirectUri.includes('?') ? '&' : '?';
  expect(location.startsWith(redirectUri + mark), location).toBe(true);
  const parameters = [...new URLSearchParams(location.slice(redirectUri.length + 1))];
  expect(new Set(parameters.map(([name]) => name)).size).toBe(parameters.length);
  return Object.fromEntries(parameters);
}

/** Somebody with an account and a password. */
export class Person {
  private constructor(
    readonly user_id: string,
    readonly email: string,
    readonly password: string,
  ) {}

  static async register(server: Server, password: string): Promise<Person> {
    const email = `oauth-${randomUUID().slice(0, 8)}@example.org`;
    const { user_id } = await createUser(serverDatabase(server.url), { email, password });
    return new Person(user_id, email, password);
  }
}

/** A registered app with one redirect URI. */
export class App {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly challenge = createHash('sha256').update(this.verifier).digest('base64url');
  readonly state = randomUUID();

  constructor(
    readonly server: Server,
    readonly id: string,
    readonly redirectUri: string,
  ) {}

  static async register(server: Server, wanted: { name?: string; scopes?: string; redirectUri?: string; asked?: string } = {}): Promise<App> {
    const { name = 'Test app', scopes = 'read upload admin', redirectUri = 'com.example.app:/cb', asked = redirectUri } = wanted;
    const client = await createClient(serverDatabase(server.url), { name, scopes, redirectUris: [redirectUri] });
    return new App(server, client.client_id, asked);
  }

  /** An operator disables it. */
  async disable(): Promise<void> {
    await disableClient(serverDatabase(this.server.url), { id: this.id });
  }

  /** The same app, starting again. */
  again(): App {
    return new App(this.server, this.id, this.redirectUri);
  }

  /** What it asks for. */
  request(change: Fields = {}): Fields {
    return {
      response_type: 'code',
      client_id: this.id,
      redirect_uri: this.redirectUri,
      code_challenge: this.challenge,
      code_challenge_method: 'S256',
      state: this.state,
      ...change,
    };
  }

  /** The browser opens the page. */
  open(change: Fields = {}): Promise<Response> {
    return this.server.fetch(`${AUTHORIZE}?${encode(this.request(change))}`, { redirect: 'manual' });
  }

  /** The person fills in the form of the page and presses a button. */
  async fill(person: Fields, change: Fields = {}): Promise<Response> {
    const page = await this.open(change);
    const html = await page.text();
    expect(page.status, html).toBe(200);
    const { action, fields } = formOf(html);
    return postForm(this.server, action, { ...fields, decision: 'allow', ...person });
  }

  /** A code, or whatever the redirect says. */
  async authorize(person: Fields, change: Fields = {}): Promise<Record<string, string>> {
    return redirectOf(await this.fill(person, change), this.redirectUri);
  }

  /** A code. */
  async code(person: Fields, change: Fields = {}): Promise<string> {
    const { code } = await this.authorize(person, change);
    expect(code).toMatch(/^[A-Za-z0-9]{32}$/);
    return code!;
  }

  exchange(code: string, change: Fields = {}): Promise<Response> {
    const fields = { grant_type: 'authorization_code', client_id: this.id, redirect_uri: this.redirectUri, code, code_verifier: this.verifier };
    return postForm(this.server, TOKEN, { ...fields, ...change });
  }

  refresh(refresh_token: string, change: Fields = {}): Promise<Response> {
    return postForm(this.server, TOKEN, { grant_type: 'refresh_token', client_id: this.id, refresh_token, ...change });
  }

  /** The whole way. */
  async signIn(person: Fields, change: Fields = {}): Promise<Tokens> {
    return tokensOf(await this.exchange(await this.code(person, change)));
  }
}

/** The tokens of a good answer. */
export async function tokensOf(answer: Response): Promise<Tokens> {
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as Tokens;
}

/** Checks an answer that libraries for OAuth read as an error (RFC 6749, section 5.2). */
export async function expectRefusal(answer: Response, status: number, error: string): Promise<void> {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const body = JSON.parse(text) as Record<string, any>;
  expect(Object.keys(body).sort()).toEqual(['error', 'error_description', 'meta']);
  expect(body.error).toBe(error);
  // RFC 6749: these characters only.
  expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(body.meta).toMatchObject({ request_id: answer.headers.get('x-request-id'), path: expect.stringMatching(/^\//) });
}
