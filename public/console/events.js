// Following a job. EventSource cannot send an Authorization header, so the stream of server-sent
// events is read from fetch (https://html.spec.whatwg.org/#parsing-an-event-stream).
import { ApiError } from './errors.js';

/** @typedef {import('./api.js').Api} Api */

/**
 * @typedef {object} Status
 * @property {string} processing_id
 * @property {'queued' | 'processing' | 'completed' | 'failed'} status
 * @property {number} progress 0 to 1
 * @property {string | null} stage
 * @property {string | null} error_message
 */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/**
 * Every status of a job until its last. Goes on where a broken connection left off.
 * @param {Api} api @param {string} id @param {AbortSignal} signal @param {(error: ApiError) => void} onBroken
 * @returns {AsyncGenerator<Status>}
 */
export async function* followJob(api, id, signal, onBroken) {
  let lastEventId = '';
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    try {
      const headers = new Headers();
      if (lastEventId) headers.set('Last-Event-ID', lastEventId);
      const response = await api.request(`/api/v1/processing/${encodeURIComponent(id)}/events`, { headers, signal });
      for await (const event of readEvents(/** @type {ReadableStream} */ (response.body))) {
        pause = FIRST_PAUSE_MS;
        lastEventId = event.id ?? lastEventId;
        const status = /** @type {Status} */ (JSON.parse(event.data));
        yield status;
        if (status.status === 'completed' || status.status === 'failed') return;
      }
    } catch (error) {
      signal.throwIfAborted();
      const broken = error instanceof TypeError ? new ApiError(0) : error;
      if (!(broken instanceof ApiError && broken.isTemporary)) throw broken;
      onBroken(broken);
    }
    await sleep(pause);
    signal.throwIfAborted();
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

/** @param {ReadableStream<Uint8Array>} stream @returns {AsyncGenerator<{ id?: string, data: string }>} */
async function* readEvents(stream) {
  const reader = stream.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = readEvent(block);
        if (event.data) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Comments, such as the server's heartbeats, have no data. @param {string} block */
function readEvent(block) {
  const event = { id: undefined, data: '' };
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === 'id') event.id = /** @type {any} */ (value);
    if (name === 'data') event.data += event.data ? `\n${value}` : value;
  }
  return event;
}

/** @param {number} ms */
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
