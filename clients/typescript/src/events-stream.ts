// The same events as server-sent events, read by `fetch`: Node 20 has no WebSocket.
import type { Connection, Place, Receiver } from './events.ts';
import type { Fetch } from './http.ts';
import { queryOf } from './query.ts';

/** The server says every 15 s that it is there. */
const SILENCE_MS = 40_000;

export function openStream(fetch: Fetch, headers: Record<string, string>, place: Place, receiver: Receiver): Connection {
  const stop = new AbortController();
  let wasOpen = false;
  const run = async () => {
    const watchdog = new Watchdog(() => stop.abort());
    try {
      const all = { ...headers, accept: 'text/event-stream', authorization: `Bearer ${place.token}` };
      const answer = await fetch(`${place.url}/api/v1/events${queryOf({ after: place.after })}`, { headers: all, signal: stop.signal });
      if (!answer.ok || !answer.body) return;
      wasOpen = true;
      receiver.onOpen(null);
      await readEvents(answer.body, receiver, watchdog);
    } catch {
      // Cut off: the next connection goes on from here.
    } finally {
      watchdog.stop();
      stop.abort();
    }
  };
  return { close: () => stop.abort(), ended: run().then(() => wasOpen) };
}

/** Barks after a silence. */
class Watchdog {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly bark: () => void) {
    this.heard();
  }

  heard(): void {
    this.stop();
    this.#timer = setTimeout(this.bark, SILENCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

async function readEvents(body: ReadableStream<Uint8Array>, receiver: Receiver, watchdog: Watchdog): Promise<void> {
  const [reader, decoder] = [body.getReader(), new TextDecoder()];
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    watchdog.heard();
    const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) tell(block, receiver);
  }
}

/** `event:`, `id:` and `data:` lines; others are comments. */
function tell(block: string, receiver: Receiver): void {
  const lines = block.split('\n');
  const field = (name: string) => lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
  const [[type], [id], data] = [field('event'), field('id'), field('data').join('\n')];
  if (type !== undefined) receiver.onEvent({ type, data: parse(data), seq: id === undefined ? null : Number(id) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
