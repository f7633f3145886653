// Makes tests/fixtures/demo-room.json.gz, the sample room of npm run demo.
//   node scripts/make-demo-room.mjs
import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { inRepo } from './lib/paths.mjs';
import { sampleRoom } from './lib/sample-room.mjs';
import { say, size } from './lib/say.mjs';

const POINTS = 20_000;

const packed = gzipSync(JSON.stringify(sampleRoom(POINTS)), { level: 9 });
mkdirSync(inRepo('tests', 'fixtures'), { recursive: true });
writeFileSync(inRepo('tests', 'fixtures', 'demo-room.json.gz'), packed);
say(`tests/fixtures/demo-room.json.gz: ${POINTS} points, ${size(packed.length)}`);
