// The offline-first client of an Outpost server. See README.md.
export { OutpostClient, type ClientEvent, type ClientOptions, type Status } from './client.ts';
export type { Collection, WriteOptions, Written } from './collection.ts';
export type { Conflict, Conflicts, Resolution } from './conflicts.ts';
export { ApiError, NetworkError, OtherUserError, SignedOutError, type ErrorDetail } from './errors.ts';
export type { OutpostEvent } from './events.ts';
export type { MakeSocket, Socket } from './events-socket.ts';
export type { Fetch, RequestOptions } from './http.ts';
export { IndexedDbStore } from './indexed-db-store.ts';
export type { Fields, Json } from './json.ts';
export { MemoryStore } from './memory-store.ts';
export type { Operation, SetAside, Verdict } from './operation.ts';
export type { Credentials, TokenAnswer } from './session.ts';
export type { Store, StoreChange } from './store.ts';
export { WebStorageStore, type WebStorage } from './web-storage-store.ts';
