// The room engine in workerd and nothing around it, for bench-workerd.mjs. The clock stands still in here
// while code computes, so whoever asks takes the time.
// @ts-expect-error The runtime compiles what a module imports.
import module from './room_engine.wasm';

const MAX_UNPACKED_BYTES = 1024 * 1024 * 1024;
const MAX_RATIO = 200;

/** @typedef {import('./bench-rooms.mjs').Engine} Engine */

/** How much is done with a body. @type {Record<string, (body: AsyncIterable<Uint8Array>) => Promise<number>>} */
const paths = {
  /** It is received. */
  async '/receive'(body) {
    let length = 0;
    for await (const chunk of body) length += chunk.length;
    return length;
  },
  /** It is received and read, as an upload is. */
  async '/read'(body) {
    const engine = start();
    engine.inspect(MAX_UNPACKED_BYTES, MAX_RATIO);
    await push(engine, body);
    check(engine, engine.finish());
    return engine.memory.buffer.byteLength;
  },
  /** It is received, read and analyzed, as by a job. */
  async '/analyze'(body) {
    const engine = start();
    engine.begin(MAX_UNPACKED_BYTES, 1);
    await push(engine, body);
    check(engine, engine.analyze(NaN, NaN, NaN, NaN, NaN));
    return engine.memory.buffer.byteLength;
  },
};

export default {
  /** Answers with the bytes of the engine's memory. @param {Request} request */
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const body = /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (request.body));
    return new Response(String(await paths[pathname](body)));
  },
};

const start = () => /** @type {Engine} */ (/** @type {unknown} */ (new WebAssembly.Instance(module).exports));

/** @param {Engine} engine @param {AsyncIterable<Uint8Array>} body */
async function push(engine, body) {
  for await (const chunk of body) {
    const place = engine.input(chunk.length);
    new Uint8Array(engine.memory.buffer, place, chunk.length).set(chunk);
    check(engine, engine.push());
  }
}

/** @param {Engine} engine @param {number} code */
function check(engine, code) {
  if (code === 0) return;
  throw new Error(new TextDecoder().decode(new Uint8Array(engine.memory.buffer, engine.output(), engine.output_length())));
}
