// The app of seed 000 as tests need it: signed in, with rooms to upload.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { sampleRoom } from '../../scripts/lib/sample-room.mjs';
import type { NewUser, User } from './accounts.ts';
import type { Server } from './server.ts';

export type Point = [number, number, number];

/** The status of a job as the wire has it. */
export interface Status {
  processing_id: string;
  status: 'queued' | 'processing' | 'completed' | 'failed';
  progress: number;
  provider_used: string | null;
  cost_actual: number | null;
  estimated_completion: string | null;
  error_message: string | null;
}

/** A repeatable sequence of numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Points on floor, ceiling and walls of a box room, z up, 5 mm of noise. */
export function boxRoom(length: number, width: number, height: number, count = 6000, seed = 1): Point[] {
  const next = random(seed);
  const noise = () => (next() + next() + next() - 1.5) * 0.01;
  const areas = [length * width, length * width, length * height, length * height, width * height, width * height];
  const total = areas.reduce((sum, area) => sum + area, 0);
  return areas.flatMap((area, side) =>
    Array.from({ length: Math.round((count * area) / total) }, (): Point => {
      const [u, v] = [next(), next()];
      const [x, y, z] = [
        [u * length, v * width, 0],
        [u * length, v * width, height],
        [u * length, 0, v * height],
        [u * length, width, v * height],
        [0, u * width, v * height],
        [length, u * width, v * height],
      ][side] as Point;
      return [x + noise(), y + noise(), z + noise()].map((value) => Math.round(value * 1e4) / 1e4) as Point;
    }),
  );
}

/** The upload body of the seed, with these points. */
export function roomScan(points: unknown[], overrides: Record<string, unknown> = {}) {
  return {
    room_scan: {
      id: randomUUID(),
      name: 'Living Room Scan',
      timestamp: '2024-12-13T10:30:00Z',
      device_info: { platform: 'iOS', model: 'iPhone 15 Pro', os_version: '17.2' },
      sensor_data: {
        lidar_points: points,
        distance_measurements: [],
        motion_data: [],
        audio_data: [],
        environmental_data: [],
      },
      measurements: { length: 4.2, width: 3.8, height: 2.4, area: 15.96, volume: 38.304 },
      ...overrides,
    },
  };
}

/** The sample room, an L of 5.2 by 4.1 by 2.5 meters with a door, a window, a table and a sofa. */
export const furnishedRoom = (count: number, name: string) => ({ room_scan: { ...sampleRoom(count).room_scan, id: randomUUID() as string, name } });

/** A PLY file of these points. */
export function ply(points: Point[], format: 'ascii' | 'binary_little_endian' | 'binary_big_endian'): Uint8Array<ArrayBuffer> {
  const header = `ply\nformat ${format} 1.0\ncomment a test\nelement vertex ${points.length}\nproperty float x\nproperty float y\nproperty float z\nend_header\n`;
  if (format === 'ascii') return new Uint8Array(Buffer.from(header + points.map((point) => point.join(' ')).join('\n') + '\n'));
  const body = Buffer.alloc(points.length * 12);
  const write = format === 'binary_little_endian' ? 'writeFloatLE' : 'writeFloatBE';
  points.flat().forEach((value, index) => body[write](value, index * 4));
  return new Uint8Array(Buffer.concat([Buffer.from(header), body]));
}

/** Gzip. */
export const packed = (body: string | Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(body));

/** A signed-in phone. */
export class Phone {
  private constructor(
    private readonly server: Server,
    readonly user: User,
    readonly token: string,
  ) {}

  static async signIn(server: Server, wanted: NewUser = {}): Promise<Phone> {
    return Phone.of(server, await server.accounts.user(wanted));
  }

  static async of(server: Server, user: User, key = user.key): Promise<Phone> {
    const answer = await server.fetch('/api/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: key, device_id: randomUUID() }),
    });
    if (answer.status !== 200) throw new Error(`login: ${answer.status} ${await answer.text()}`);
    const { access_token } = (await answer.json()) as { access_token: string };
    return new Phone(server, user, access_token);
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${this.token}`);
    return this.server.fetch(path, { ...init, headers });
  }

  async json(path: string): Promise<any> {
    return (await this.fetch(path)).json();
  }

  /** Uploads a body as it is. */
  send(body: BodyInit, headers: Record<string, string> = {}, query = ''): Promise<Response> {
    return this.fetch(`/api/v1/rooms/upload${query}`, { method: 'POST', body, headers });
  }

  /** Uploads JSON. */
  upload(scan: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(JSON.stringify(scan), { 'content-type': 'application/json', ...headers });
  }

  /** Uploads JSON and gives the id of the job. */
  async process(scan: unknown, headers: Record<string, string> = {}): Promise<string> {
    const answer = await this.upload(scan, headers);
    if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { processing_id: string }).processing_id;
  }

  status(id: string): Promise<Status> {
    return this.json(`/api/v1/processing/${id}/status`);
  }

  /** Polls until the job has ended. */
  async finished(id: string, patienceMs = 20_000): Promise<Status> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const status = await this.status(id);
      if (status.status === 'completed' || status.status === 'failed') return status;
      if (Date.now() > end) throw new Error(`job ${id} is still ${JSON.stringify(status)}`);
      await sleep(150);
    }
  }

  async result(id: string): Promise<any> {
    const status = await this.finished(id);
    if (status.status === 'failed') throw new Error(`job ${id} failed: ${status.error_message}`);
    return this.json(`/api/v1/processing/${id}/result`);
  }

  async quotaUsed(): Promise<number> {
    return (await this.json('/api/v1/user/profile')).quota_used;
  }
}
