// The console: signs in, sends a scan, follows the work and shows the room. The address says which
// job is open (#processing-id), so a reload, a bookmark and the back button all work.
import { byId, fill } from '../dom.js';
import { Account } from './account.js';
import { Api } from './api.js';
import { closeDialogs } from './dialogs.js';
import { showError } from './errors.js';
import { followJob } from './events.js';
import { watchHealth } from './health.js';
import { hideProgress, showBroken, showConnecting, showStatus, showUploading } from './progress.js';
import { showResult } from './result.js';
import { ScanList } from './scans.js';
import { deviceId } from './session.js';
import { askToSignIn, setUpSignIn } from './sign-in.js';
import { setUpUpload } from './upload.js';

const api = new Api((why, hadKey) => {
  // Who did not want to leave need not type the address again.
  const { email } = account;
  leave();
  askToSignIn(why, hadKey ? 'key' : 'account', email);
});
const account = new Account(api);
const scans = new ScanList(api, (scan) => {
  account.loadQuota();
  if (scan.processing_id === openId()) location.hash = '';
});
const [jobError, result] = [byId('job-error'), byId('result')];

/** Ends what belongs to the job that is open. */
let open = new AbortController();

const openId = () => location.hash.slice(1);

/** Unlike a change of the hash, this opens nothing. */
function forgetAddress() {
  history.replaceState(null, '', location.pathname);
  scans.mark('');
}

function closeJob() {
  open.abort();
  open = new AbortController();
  hideProgress();
  showError(jobError, null);
  result.hidden = true;
  fill(result);
}

async function openJob() {
  closeJob();
  const { signal } = open;
  const id = openId();
  scans.mark(id);
  if (!id) return;
  showConnecting();
  try {
    await follow(id, signal);
    const answer = await api.json(`/api/v1/processing/${encodeURIComponent(id)}/result`, { signal });
    signal.throwIfAborted();
    hideProgress();
    result.hidden = false;
    showResult(result, api, answer, signal);
    result.focus({ preventScroll: true });
    result.scrollIntoView({ block: 'start' });
  } catch (error) {
    if (signal.aborted) return;
    hideProgress();
    showError(jobError, error);
  }
}

/** Until the result can be read. @param {string} id @param {AbortSignal} signal */
async function follow(id, signal) {
  let last = null;
  for await (const status of followJob(api, id, signal, showBroken)) {
    last = status;
    showStatus(status);
  }
  if (!scans.knowsEndOf(id)) refreshSide();
  if (last?.status === 'failed') throw new Error(`The analysis failed: ${last.error_message}`);
}

function refreshSide() {
  scans.load();
  account.loadQuota();
}

function enter() {
  byId('welcome').hidden = true;
  byId('desk').hidden = false;
  // The field that had the focus is gone.
  byId('main').focus({ preventScroll: true });
  scans.load(1);
  account.open();
  openJob();
}

function leave() {
  closeJob();
  closeDialogs();
  account.close();
  scans.clear();
  byId('desk').hidden = true;
  byId('welcome').hidden = false;
  askToSignIn();
}

byId('sign-out').addEventListener('click', () => {
  const told = api.signOut();
  forgetAddress();
  leave();
  told.catch(() => {
    const why = 'You are signed out in this tab, but the server could not be told: the session still stands in your list of devices.';
    if (!api.isSignedIn) askToSignIn(new Error(why));
  });
});
setUpSignIn(api, enter);
window.addEventListener('hashchange', () => api.isSignedIn && openJob());

setUpUpload(api, {
  onStart: (name, bytes) => {
    forgetAddress();
    closeJob();
    showUploading(name, bytes);
  },
  onAccepted: (id) => {
    scans.load(1);
    location.hash = id;
  },
  onFailed: hideProgress,
});

byId('device-id').textContent = deviceId();
watchHealth(api);
if (api.isSignedIn) enter();
else leave();
