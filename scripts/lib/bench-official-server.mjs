// The official `socket.io` server with the job that Outpost does: sockets of a user in a room, POST
// /publish sends an event to them. For comparison in scripts/lib/bench-realtime.mjs only.
//
//   node bench-official-server.mjs PORT [FILE]
//
// Without FILE an event lives in memory, as the official server keeps it. With FILE each event is in
// a SQLite log, synced to the disk, before it is sent and answered: what Outpost promises.
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { Server } from 'socket.io';

const [port, file] = process.argv.slice(2);
const ROOM = 'user:bench';
const log = file ? openLog(file) : null;

const http = createServer((request, response) => {
  if (request.url === '/publish' && request.method === 'POST') take(request, response);
  else if (!request.url?.startsWith('/socket.io/')) response.writeHead(200).end('ok');
});
const io = new Server(http, { serveClient: false, connectionStateRecovery: {} });
const events = io.of('/events');
events.use((socket, next) => (socket.handshake.auth.token ? next() : next(new Error('Unauthorized'))));
events.on('connection', (socket) => void socket.join(ROOM));
http.listen(Number(port), '127.0.0.1');

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
function take(request, response) {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (piece) => (body += piece));
  request.on('end', () => {
    for (const { id, name, data } of JSON.parse(body)) {
      if (log && log.run(id, name, JSON.stringify(data), Date.now()).changes === 0) continue;
      events.to(ROOM).emit(name, data);
    }
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}');
  });
}

/** @param {string} path */
function openLog(path) {
  const db = new DatabaseSync(path);
  db.exec(`pragma journal_mode = wal; pragma synchronous = full;
    create table events (seq integer primary key, id text not null unique, name text not null, data text not null, at integer not null)`);
  return db.prepare('insert into events (id, name, data, at) values (?, ?, ?, ?) on conflict (id) do nothing');
}
