// Which redirect URIs, names and scopes an app of others can be registered with.
import { expect, test } from 'vitest';
import { createClient } from './oauth-clients.mjs';

/** Registers without a database. @param {{ name?: string, redirectUris?: string[], scopes?: string }} wanted */
const register = (wanted) => createClient({ batch: async () => [[]] }, { name: 'app', redirectUris: ['https://app.example/cb'], ...wanted });

test.each([
  'https://app.example/cb',
  'https://app.example:8443',
  'https://xn--bcher-kva.example/cb?a=b',
  'com.example.app:/cb',
  'com.example.app://cb',
  'http://127.0.0.1/cb',
  'http://127.0.0.1:5000/cb',
  'http://[::1]/cb',
])('takes the redirect URI %s', async (uri) => {
  expect(await register({ redirectUris: [uri, uri] })).toMatchObject({ redirect_uris: [uri], scopes: 'read' });
});

test.each([
  '',
  'app.example/cb',
  '/cb',
  '//app.example/cb',
  'https://app.example/cb#part',
  'https://app.example/cb#',
  'https://user@app.example/cb',
  'https://user:pass@app.example/cb',
  'https://@app.example/cb',
  'https://APP.example/cb',
  'https://bücher.example/cb',
  'https://app.example\\@evil.example/cb',
  'https://*.example/cb',
  'https://app.example/c b',
  'https://app.example/cb\r\nx: y',
  'https:app.example/cb',
  'https://',
  'HTTPS://app.example/cb',
  'http://app.example/cb',
  'http://localhost/cb',
  'http://127.0.0.1.example.org/cb',
  'http://127.0.0.1:80@example.org/cb',
  'http://127.0.0.1:123456/cb',
  'http://127.1/cb',
  'http://0.0.0.0/cb',
  'http://[::2]/cb',
  'myapp:/cb',
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'intent://x',
  `https://app.example/${'x'.repeat(1000)}`,
])('refuses the redirect URI %.60j', async (uri) => {
  await expect(register({ redirectUris: [uri] })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test.each(['', ' ', 'a\nb', 'a\u202eb', 'x'.repeat(101)])('refuses the name %.20j', async (name) => {
  await expect(register({ name })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test.each(['', ' ', 'root', 'read,upload', 'read root', 'READ'])('refuses the scopes %j', async (scopes) => {
  await expect(register({ scopes })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});

test('writes scopes in one order, each once', async () => {
  expect(await register({ scopes: ' admin  read admin ' })).toMatchObject({ scopes: 'read admin' });
});

test('refuses more redirect URIs than an app can need', async () => {
  const redirectUris = Array.from({ length: 21 }, (_, index) => `https://app.example/${index}`);
  await expect(register({ redirectUris })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
});
