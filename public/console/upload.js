// Choosing a scan and sending it.
import { byId } from '../dom.js';
import { showError } from './errors.js';

/** @typedef {import('./api.js').Api} Api */

/** What the server takes, unpacked. */
const MAX_BYTES = 100 * 2 ** 20;

/**
 * @param {Api} api
 * @param {{ onStart: (name: string, bytes: number) => void, onAccepted: (processingId: string) => void, onFailed: () => void }} events
 */
export function setUpUpload(api, events) {
  const [form, file, drop, sample, problem] = ['upload', 'file', 'drop', 'sample', 'upload-error'].map(byId);

  const take = async (/** @type {() => Promise<File>} */ choose) => {
    showError(problem, null);
    setBusy(form, true);
    try {
      const scan = await choose();
      events.onStart(scan.name, scan.size);
      events.onAccepted((await send(api, scan)).processing_id);
    } catch (error) {
      events.onFailed();
      showError(problem, error);
    } finally {
      setBusy(form, false);
      // So that choosing the same file again is a change.
      form.reset();
    }
  };

  form.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
  file.addEventListener('change', () => file.files[0] && take(async () => checked([...file.files])));
  sample.addEventListener('click', () => take(() => sampleRoom(api)));
  setUpDrop(drop, (files) => !file.disabled && take(async () => checked(files)));
}

/** @param {HTMLElement} drop @param {(files: File[]) => void} onFiles */
function setUpDrop(drop, onFiles) {
  // A file that misses the target would be opened in place of the page.
  for (const name of ['dragover', 'drop']) window.addEventListener(name, (event) => event.preventDefault());
  drop.addEventListener('dragenter', () => drop.classList.add('over'));
  drop.addEventListener('dragleave', (event) => {
    if (!drop.contains(/** @type {Node | null} */ (event.relatedTarget))) drop.classList.remove('over');
  });
  drop.addEventListener('drop', (event) => {
    drop.classList.remove('over');
    onFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

/** @param {File[]} files */
function checked([file, ...others]) {
  if (!file || others.length > 0) throw new Error('Drop one file at a time.');
  if (!/\.(json|ply)(\.gz)?$/i.test(file.name)) throw new Error(`“${file.name}” is not a scan. Choose a .json, .json.gz or .ply file.`);
  if (file.size > MAX_BYTES) throw new Error('The scan is larger than 100 MB.');
  return file;
}

/** Under a fresh id, so that every try is a scan of its own. @param {Api} api */
async function sampleRoom(api) {
  const scan = await (await api.open('/sample-room.json')).json();
  scan.room_scan.id = crypto.randomUUID();
  scan.room_scan.timestamp = new Date().toISOString();
  return new File([JSON.stringify(scan)], 'sample-room.json');
}

/** @param {Api} api @param {File} file */
async function send(api, file) {
  // For scans that bring no id or name of their own, as PLY files.
  const query = new URLSearchParams({ id: crypto.randomUUID(), name: file.name.replace(/\.(json|ply)(\.gz)?$/i, '') || file.name });
  return api.json(`/api/v1/rooms/upload?${query}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/gzip' },
    body: /\.gz$/i.test(file.name) ? file : await gzip(file),
  });
}

/** Scans shrink to a third or less. @param {Blob} blob */
function gzip(blob) {
  return new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob();
}

/** @param {HTMLFormElement} form @param {boolean} isBusy */
function setBusy(form, isBusy) {
  for (const control of form.elements) /** @type {HTMLInputElement} */ (control).disabled = isBusy;
}
