// Who is signed in, and the tokens. A refresh token is good once: so exactly one refresh is under
// way at a time, and what it brought is safe in the store before anybody uses it.
import type { Database, RowChange } from './database.ts';
import { ApiError, OtherUserError, SignedOutError } from './errors.ts';
import type { Http } from './http.ts';
import type { Fields } from './json.ts';

const LOGIN = '/api/v1/auth/login';
const REGISTER = '/api/v1/auth/register';
const REFRESH = '/api/v1/auth/refresh';
const LOGOUT = '/api/v1/auth/logout';

/** An access token that ends so soon is renewed before it is used. */
const MARGIN_MS = 30_000;
const KEY = 'tokens';
const OWNER = 'owner';

/** What the server answers to a login, a registration and a refresh. */
export interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  /** Seconds. */
  expires_in: number;
  user_id: string;
}

/** Who signs in: a person, or a device by its key. */
export type Credentials = { email: string; password: string } | { apiKey: string };

interface Tokens {
  access: string;
  refresh: string;
  expiresAt: number;
}

export class Session {
  #refreshing: Promise<string> | null = null;

  constructor(
    private readonly database: Database,
    private readonly http: Http,
    private readonly deviceId: () => string,
  ) {}

  get isSignedIn(): boolean {
    return this.#tokens !== undefined;
  }

  /** Whose records and operations these are, also after signing out. */
  get userId(): string | null {
    return this.database.get<string>('session', OWNER) ?? null;
  }

  get #tokens(): Tokens | undefined {
    return this.database.get<Tokens>('session', KEY);
  }

  async signIn(credentials: Credentials): Promise<void> {
    const who: Fields = 'apiKey' in credentials ? { api_key: credentials.apiKey } : { ...credentials };
    await this.adopt(await this.http.request<TokenAnswer>(LOGIN, { method: 'POST', body: { ...who, device_id: this.deviceId() } }));
  }

  async register(account: { email: string; password: string; name?: string }): Promise<void> {
    await this.adopt(await this.http.request<TokenAnswer>(REGISTER, { method: 'POST', body: { ...account, device_id: this.deviceId() } }));
  }

  /** Takes tokens that the app got in another way. */
  async adopt(answer: TokenAnswer): Promise<void> {
    if (this.userId !== null && this.userId !== answer.user_id) throw new OtherUserError();
    await this.database.write([...tokenRows(answer), { table: 'session', key: OWNER, value: answer.user_id }]);
  }

  /** The tokens go at once; the server is told if it can be reached. */
  async signOut(): Promise<void> {
    const tokens = this.#tokens;
    if (!tokens) return;
    await this.#forget();
    const headers = { authorization: `Bearer ${tokens.access}` };
    await this.http.request(LOGOUT, { method: 'POST', headers, body: { refresh_token: tokens.refresh } }).catch(() => {});
  }

  /** A token that is good for a request now. */
  async accessToken(): Promise<string> {
    const tokens = this.#tokens;
    if (!tokens) throw new SignedOutError();
    return Date.now() < tokens.expiresAt - MARGIN_MS ? tokens.access : this.#refresh();
  }

  /** Another token than one that the server has refused. */
  async renew(refused: string): Promise<string> {
    const tokens = this.#tokens;
    if (!tokens) throw new SignedOutError();
    return tokens.access === refused ? this.#refresh() : this.accessToken();
  }

  #refresh(): Promise<string> {
    this.#refreshing ??= this.#exchange().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #exchange(): Promise<string> {
    const tokens = this.#tokens;
    if (!tokens) throw new SignedOutError();
    const body = { refresh_token: tokens.refresh };
    let answer: TokenAnswer;
    try {
      answer = await this.http.request<TokenAnswer>(REFRESH, { method: 'POST', body });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      if (this.#tokens?.refresh === tokens.refresh) await this.#forget();
      throw new SignedOutError('The session has ended: sign in again');
    }
    // Signed out, or in anew, meanwhile.
    if (this.#tokens?.refresh !== tokens.refresh) return this.accessToken();
    await this.database.write(tokenRows(answer));
    return answer.access_token;
  }

  #forget(): Promise<void> {
    return this.database.write([{ table: 'session', key: KEY, value: undefined }]);
  }
}

function tokenRows({ access_token, refresh_token, expires_in }: TokenAnswer): RowChange[] {
  const tokens: Tokens = { access: access_token, refresh: refresh_token, expiresAt: Date.now() + expires_in * 1000 };
  return [{ table: 'session', key: KEY, value: tokens }];
}
