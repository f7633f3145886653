// npm run name-functions < STACK: names the functions of a panic's stack, which the log shows as
// `wasm-function[1234]`. build/function-names.txt must be that of the build that is deployed.
import { readFileSync } from 'node:fs';
import { runMain } from './lib/failure.mjs';
import { functionNamesFile } from './lib/paths.mjs';
import { withNames } from './lib/wasm-names.mjs';

await runMain(async () => {
  const names = readFileSync(functionNamesFile, 'utf8').split('\n');
  process.stdout.write(withNames(readFileSync(process.stdin.fd, 'utf8'), names));
});
