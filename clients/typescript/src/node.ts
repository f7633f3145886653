// What only Node can do.
export { FileStore } from './file-store.ts';
