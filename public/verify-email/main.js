// Confirming an address with the link of a mail. A press, not the mere visit: programs that look
// for dangerous links visit them all.
import { showError } from '../console/errors.js';
import { byId, fill } from '../dom.js';
import { forgetToken, onSubmit, post, tokenOfLink } from '../links/token.js';

const [verify, done] = [byId('verify'), byId('done')];

/** @param {string} message */
function say(message) {
  verify.hidden = true;
  done.hidden = false;
  fill(done, message);
}

function show() {
  verify.hidden = false;
  done.hidden = true;
  showError(byId('verify-error'), null);
  if (!tokenOfLink()) say('Open this page with the link in your mail. Your app can send you another one.');
}

async function confirm() {
  const message = await post('/api/v1/auth/email/verify', { token: tokenOfLink() });
  forgetToken();
  say(`${message}. You can close this page.`);
}

onSubmit(verify, confirm, (error) => showError(byId('verify-error'), error));
window.addEventListener('hashchange', show);
show();
