// Checks the GLB files of a directory with the Khronos validator:
//     node scripts/validate-scenes.mjs DIRECTORY
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import validator from 'gltf-validator';

const [directory] = process.argv.slice(2);
let failed = false;
for (const name of readdirSync(directory).filter((file) => file.endsWith('.glb'))) {
  const { issues } = await validator.validateBytes(readFileSync(join(directory, name)));
  const { numErrors, numWarnings, numInfos, messages } = issues;
  failed ||= numErrors + numWarnings > 0;
  console.log(name, `${numErrors} errors, ${numWarnings} warnings, ${numInfos} infos`);
  for (const { code, message, pointer } of messages.slice(0, 3)) console.log('  ', code, message, pointer);
}
process.exit(failed ? 1 : 0);
