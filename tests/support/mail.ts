// Mails as people get them: from the mailbox of development, or at a provider of our own.
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';
import type { Server } from './server.ts';

export const MAILBOX = '/api/v1/dev/mailbox';

export interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  received_at: string;
}

export const SUBJECT = {
  reset: 'Reset your Outpost password',
  verify: 'Confirm your email address',
  changed: 'Your Outpost password was changed',
};

/** The mails of an address, oldest first. */
export async function mailsTo(server: Server, email: string, subject?: string): Promise<Mail[]> {
  const answer = await server.fetch(`${MAILBOX}?to=${encodeURIComponent(email)}`);
  expect(answer.status).toBe(200);
  const { mails } = (await answer.json()) as { mails: Mail[] };
  return mails.filter((mail) => !subject || mail.subject === subject).reverse();
}

/** Waits until that many mails are there, and gives the last. */
export async function arrival(server: Server, email: string, subject: string, count = 1): Promise<Mail> {
  return vi.waitFor(
    async () => {
      const mails = await mailsTo(server, email, subject);
      expect(mails).toHaveLength(count);
      return mails.at(-1)!;
    },
    { timeout: 40_000, interval: 100 },
  );
}

/** The token in a mail's link, the same in both of its bodies. */
export function tokenOf({ text, html }: { text: string; html: string }): string {
  const [, token] = text.match(/#token=(\S+)/) ?? [];
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(html).toContain(`#token=${token}"`);
  return token!;
}

/** A request that the provider got. */
export interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: any;
}

/** What the provider does with a request; by default it accepts. */
export type Reaction = number | 'hang up after accepting';

/** A local server that speaks Resend's API, also its idempotency. */
export class Provider {
  /** All requests, by address. */
  readonly received = new Map<string, Received[]>();
  /** Mails that would be delivered, by idempotency key. */
  readonly accepted = new Map<string, Received>();
  readonly #reactions = new Map<string, Reaction[]>();
  readonly #server: HttpServer;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
        this.#answer({ method: request.method!, path: request.url!, headers: request.headers, body }, response);
      });
    });
  }

  static async start(): Promise<Provider> {
    const provider = new Provider();
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How the next requests for an address are met. */
  expect(email: string, ...reactions: Reaction[]): void {
    this.#reactions.set(email, reactions);
  }

  receivedFor(email: string): Received[] {
    return this.received.get(email) ?? [];
  }

  acceptedFor(email: string): Received[] {
    return [...this.accepted.values()].filter(({ body }) => body.to[0] === email);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(received: Received, response: ServerResponse): void {
    const email = received.body.to?.[0] ?? '';
    this.received.set(email, [...this.receivedFor(email), received]);
    const reaction = this.#reactions.get(email)?.shift() ?? 200;
    if (typeof reaction === 'number' && reaction !== 200) {
      response.writeHead(reaction, { 'content-type': 'application/json', location: `${this.url}/elsewhere` });
      response.end(JSON.stringify({ statusCode: reaction, name: 'validation_error', message: `No mail to ${email}` }));
      return;
    }
    const key = String(received.headers['idempotency-key']);
    if (!this.accepted.has(key)) this.accepted.set(key, received);
    if (reaction === 'hang up after accepting') {
      response.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: `provider-${key}` }));
  }
}
