// No statement of the Worker reads a whole table: SQLite's query planner says so (DESIGN 2.4).
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseFile, inRepo, migrateFile, root } from './support/repository.ts';

const LITERAL = /"((?:[^"\\]|\\[\s\S])*)"/;
const TABLES = [
  'users', 'sessions', 'api_keys', 'jobs', 'room_scans', 'request_nonces', 'one_time_tokens', 'mails', 'mailbox', 'oauth_clients', 'oauth_codes',
  'organizations', 'organization_members', 'admin_actions', 'idempotency_keys',
  'records', 'sync_devices', 'sync_keys', 'conflicts', 'app_keys',
];

interface Statement {
  /** `src/jobs/lease.rs:85`. */
  place: string;
  sql: string;
}

/** What Rust makes of a string literal. */
const unescape = (literal: string): string =>
  literal.replace(/\\(\r?\n\s*|.)/g, (_, escaped: string) => ({ n: '\n', t: '\t', '"': '"', '\\': '\\' })[escaped] ?? (escaped.trim() ? escaped : ''));

/** The literals of a `concat!`, whose last part is the parameter of the macro around it. */
function macros(files: string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    for (const [, name, body] of readFileSync(file, 'utf8').matchAll(/macro_rules! (\w+) \{\s*\(\$rest:literal\) => \{\s*concat!\(([\s\S]*?)\$rest/g)) {
      found.set(name!, [...body!.matchAll(new RegExp(LITERAL, 'g'))].map(([, text]) => unescape(text!)).join(''));
    }
  }
  return found;
}

function rustFiles(): string[] {
  return ['src', 'functions'].flatMap((folder) =>
    readdirSync(inRepo(folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.rs'))
      .map((name) => join(inRepo(folder), name)),
  );
}

/** Every statement in the code. One that this cannot read is an error, not a gap. */
function statements(): Statement[] {
  const files = rustFiles();
  const prefixes = macros(files);
  return files.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/Statement::new\(/g)].map(({ index }) => {
      const place = `${relative(root, file)}:${text.slice(0, index).split('\n').length}`;
      const argument = text.slice(index + 'Statement::new('.length);
      const plain = argument.match(new RegExp(`^\\s*${LITERAL.source}`));
      if (plain) return { place, sql: unescape(plain[1]!) };
      const macro = argument.match(new RegExp(`^\\s*(\\w+)!\\(\\s*${LITERAL.source}`));
      const prefix = macro && (macro[1] === 'concat' ? '' : prefixes.get(macro[1]!));
      if (macro && prefix !== undefined) {
        const literals = macro[1] === 'concat' ? argument.slice(0, argument.indexOf(')')).matchAll(new RegExp(LITERAL, 'g')) : [[, macro[2]]];
        return { place, sql: prefix + [...literals].map(([, literal]) => unescape(literal!)).join('') };
      }
      throw new Error(`${place}: cannot read the SQL of this statement`);
    });
  });
}

const all = statements();
let folder: string;
let db: DatabaseSync;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outpost-plans-'));
  migrateFile(folder);
  db = new DatabaseSync(databaseFile(folder));
});

afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const planOf = (sql: string): string[] => {
  const parameters = new Set([...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)));
  const values = Array.from({ length: Math.max(0, ...parameters) }, () => null);
  return db.prepare(`explain query plan ${sql}`).all(...values).map((row) => String(row.detail));
};

/** Table names with the aliases that the statement, or the view in it, gives them. */
function namesOf(sql: string): Set<string> {
  const aliases = [...sql.matchAll(/\b(?:from|join|update|into)\s+(\w+)(?:\s+(?:as\s+)?(\w+))?/g)];
  const ofView = sql.includes('live_sessions') ? ['s', 'u', 'k'] : [];
  return new Set([...TABLES, ...ofView, ...aliases.filter(([, table]) => TABLES.includes(table!)).map(([, table, alias]) => alias ?? table!)]);
}

/**
 * Scans that stand in a plan and never run. An insert into a parent table looks for children whose
 * foreign key was violated before, but only if the transaction has counted such a violation;
 * trips.test.ts shows that no row is read.
 */
const NEVER_RUN = [
  { statement: /^insert into api_keys\b/, table: 'sessions' },
  ...['api_keys', 'sessions', 'jobs', 'room_scans'].map((table) => ({ statement: /^insert into users\b/, table })),
];

test('all statements of the code are found', () => {
  expect(all.length).toBeGreaterThan(35);
  for (const table of TABLES) expect(all.some(({ sql }) => sql.includes(table)), table).toBe(true);
});

describe('is answered from an index:', () => {
  test.each(all.map(({ place, sql }) => [place, sql]))('%s', (_, sql) => {
    const plan = planOf(sql);
    const names = namesOf(sql);
    const excused = NEVER_RUN.filter(({ statement }) => statement.test(sql)).map(({ table }) => table);
    const scans = plan.map((step) => step.match(/^SCAN (\w+)/)?.[1]).filter((name) => name !== undefined && names.has(name) && !excused.includes(name));
    expect(scans, plan.join('\n')).toEqual([]);
    // Sorting by a temporary tree means that all matches are read before the first is shown, unless
    // it only puts equals in order.
    if (/\blimit\b/.test(sql) && !sql.includes('limit -1')) {
      expect(plan.filter((step) => step.startsWith('USE TEMP B-TREE') && !step.includes('LAST TERM')), plan.join('\n')).toEqual([]);
    }
  });
});

describe('every statement', () => {
  test.each(all.map(({ place, sql }) => [place, sql]))('%s numbers its parameters from one without a gap, at most a hundred', (_, sql) => {
    const numbers = [...new Set([...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number)))].sort((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(numbers.length).toBeLessThanOrEqual(100);
    expect(sql).not.toMatch(/\?(?!\d)/);
  });

  test.each(all.map(({ place, sql }) => [place, sql]))('%s leaves no column to chance', (_, sql) => {
    expect(sql).not.toMatch(/select \*|returning \*/);
  });
});

test('a full scan would be noticed', () => {
  expect(planOf('select name from users where name = ?1')).toEqual(['SCAN users']);
});
