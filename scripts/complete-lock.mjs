// Run after changing package.json with npm: node scripts/complete-lock.mjs
// npm leaves a platform's optional package out of package-lock.json when the registry in use does
// not carry it, and `npm ci` then refuses the lock file on every platform. This adds what is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { inRepo } from './lib/paths.mjs';
import { say } from './lib/say.mjs';

const file = inRepo('package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const OS = /** @type {Record<string, string>} */ ({ darwin: 'darwin', windows: 'win32', win32: 'win32', linux: 'linux' });
const CPU = /** @type {Record<string, string>} */ ({ 64: 'x64', x64: 'x64', arm64: 'arm64' });

for (const { optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    const [, os, cpu] = name.match(/-(darwin|windows|win32|linux)-(64|x64|arm64)$/) ?? [];
    if (lock.packages[path] || !os) continue;
    lock.packages[path] = { version, cpu: [CPU[cpu]], dev: true, license: 'Apache-2.0', optional: true, os: [OS[os]] };
    say(`added ${name} ${version}`);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(sorted);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
