// Lists come in pages, asked for in either style (CONTRACT R8, K12).
import { beforeAll, describe, expect, test } from 'vitest';
import { expectError } from './support/envelope.ts';
import { Phone } from './support/rooms.ts';
import { addScans } from './support/scans.ts';
import { sharedServer } from './support/server.ts';

const SCANS = 23;
const server = sharedServer();
let phone: Phone;

beforeAll(async () => {
  phone = await Phone.signIn(server);
  await addScans(server, phone.user.user_id, SCANS);
});

interface Page {
  scans: { id: string; name: string }[];
  pagination: { page: number; per_page: number; total: number };
}

const read = (query = ''): Promise<Page> => phone.json(`/api/v1/user/scans${query}`);
const numbers = ({ scans }: Page): number[] => scans.map(({ id }) => Number(id.slice('scan-'.length)));
const range = (from: number, to: number): number[] => Array.from({ length: from - to + 1 }, (_, index) => from - index);

test('a page has twenty entries unless said otherwise, newest first', async () => {
  const page = await read();
  expect(numbers(page)).toEqual(range(22, 3));
  expect(page.pagination).toEqual({ page: 1, per_page: 20, total: SCANS });
});

test('an entry is what CONTRACT R8 says', async () => {
  const { scans } = await read('?per_page=1');
  expect(scans).toEqual([
    { id: 'scan-22', name: 'Room 22', uploaded_at: '1970-01-01T00:00:22Z', processing_status: 'completed', cost: null, processing_id: `${phone.user.user_id}22` },
  ]);
});

test.each([
  ['?page=2', range(2, 0), { page: 2, per_page: 20 }],
  ['?page=3&per_page=5', range(12, 8), { page: 3, per_page: 5 }],
  ['?page=3&perPage=5', range(12, 8), { page: 3, per_page: 5 }],
  ['?limit=5&offset=10', range(12, 8), { page: 3, per_page: 5 }],
  ['?offset=20', range(2, 0), { page: 2, per_page: 20 }],
  ['?limit=100', range(22, 0), { page: 1, per_page: 100 }],
  ['?page=4&per_page=10', [], { page: 4, per_page: 10 }],
  ['?page=1000000&per_page=100', [], { page: 1_000_000, per_page: 100 }],
  ['?page=1&unknown=x', range(22, 3), { page: 1, per_page: 20 }],
])('%s', async (query, entries, pagination) => {
  const page = await read(query);
  expect(numbers(page)).toEqual(entries);
  expect(page.pagination).toEqual({ ...pagination, total: SCANS });
});

test('all pages together are the whole list, each entry once', async () => {
  const pages = await Promise.all([1, 2, 3, 4].map((page) => read(`?page=${page}&per_page=7`)));
  expect(pages.flatMap(numbers)).toEqual(range(22, 0));
});

test('a user without scans has one empty page', async () => {
  const nobody = await Phone.signIn(server);
  expect(await nobody.json('/api/v1/user/scans')).toEqual({ scans: [], pagination: { page: 1, per_page: 20, total: 0 } });
});

describe('what is no number of a page', () => {
  test.each(['page=0', 'page=-1', 'page=1.5', 'page=x', 'page=', 'page=1e3', 'page=99999999999999999999', 'per_page=0', 'per_page=101', 'limit=0', 'limit=101', 'offset=-1', 'offset=99999999999'])(
    '%s',
    async (query) => {
      const { error } = await expectError(await phone.fetch(`/api/v1/user/scans?${query}`), 400, 'VALIDATION_ERROR');
      expect(error.details?.map(({ field }) => field)).toEqual([query.split('=')[0]]);
    },
  );
});
