// People for realtime tests, made over the public wire alone.
import { randomUUID } from 'node:crypto';
import type { Server } from '../server.ts';
import { post, type SignedIn } from '../requests.ts';
import { decode, sign } from '../tokens.ts';

const DAY_SECONDS = 24 * 3600;

/** Registers somebody and gives the tokens. */
export async function register(server: Server): Promise<SignedIn> {
  const answer = await post(server, '/api/v1/auth/register', { email: `${randomUUID()}@example.org`, password: 'SecurePass123!' });
  if (answer.status !== 201) throw new Error(`register: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as SignedIn;
}

/** Registers somebody, with an access token that outlives a long run. */
export async function signUp(server: Server): Promise<string> {
  const { access_token } = await register(server);
  return expiringIn(access_token, DAY_SECONDS);
}

/** The same token with another time to live. */
export function expiringIn(token: string, seconds: number): string {
  const { claims, header } = decode(token);
  return sign({ ...claims, exp: Math.floor(Date.now() / 1000) + seconds }, header);
}
