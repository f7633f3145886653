// The events channel over a WebSocket.
import type { Connection, Place, Receiver } from './events.ts';
import { queryOf } from './query.ts';

/** Silence after which the server is asked whether it is there. */
const QUIET_MS = 25_000;
/** How long it may take to answer, and to open. */
const PATIENCE_MS = 10_000;

/** The part of `WebSocket` that is used. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

export type MakeSocket = (url: string) => Socket;

interface Frame {
  type: string;
  data?: { position?: number; oldest?: number; newest?: number; reason?: string } | null;
  seq?: number;
}

export function openSocket(makeSocket: MakeSocket, { url, token, after }: Place, receiver: Receiver): Connection {
  const socket = makeSocket(`${url.replace(/^http/, 'ws')}/api/v1/ws/events${queryOf({ token, after })}`);
  let wasOpen = false;
  let timer: ReturnType<typeof setTimeout>;
  let end: (wasOpen: boolean) => void = () => {};
  const ended = new Promise<boolean>((resolve) => (end = resolve));

  // A dead peer does not say so: what is silent is asked, and given up if it stays silent.
  const giveUp = () => {
    clearTimeout(timer);
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    try {
      socket.close();
    } catch {
      // Not even open.
    }
    end(wasOpen);
  };
  const ask = () => {
    timer = setTimeout(giveUp, PATIENCE_MS);
    socket.send('ping');
  };
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, QUIET_MS);
  };

  timer = setTimeout(giveUp, PATIENCE_MS);
  socket.onmessage = ({ data }) => {
    heard();
    const frame = read(data);
    if (frame?.type === 'ping') socket.send('{"type":"pong"}');
    else if (frame?.type === 'connection_established') {
      wasOpen = true;
      receiver.onOpen(frame.data?.position ?? null);
    } else if (frame?.type === 'gap') receiver.onEvent({ type: 'gap', data: frame.data, seq: behindGap(frame.data ?? {}) });
    else if (frame) receiver.onEvent({ type: frame.type, data: frame.data ?? null, seq: frame.seq ?? null });
  };
  socket.onclose = socket.onerror = giveUp;
  return { close: giveUp, ended };
}

/** Where the log goes on: with the oldest that is left, or with what comes. */
function behindGap({ oldest = 1, newest = 0, reason }: NonNullable<Frame['data']>): number {
  return reason === 'trimmed' ? oldest - 1 : newest;
}

/** A frame, or null for the text `pong` and for what is not known. */
function read(data: unknown): Frame | null {
  try {
    const frame = JSON.parse(String(data)) as Frame | null;
    return typeof frame?.type === 'string' ? frame : null;
  } catch {
    return null;
  }
}
