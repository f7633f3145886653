// Choosing a new password with the link of a mail; without a link, asking for one.
import { showError } from '../console/errors.js';
import { byId, fill } from '../dom.js';
import { forgetToken, isRefusedLink, onSubmit, post, tokenOfLink } from '../links/token.js';

const [reset, forgot, done] = [byId('reset'), byId('forgot'), byId('done')];

/** The page lives on when another link is opened in the same tab. */
function show() {
  const hasToken = tokenOfLink() !== '';
  reset.hidden = !hasToken;
  forgot.hidden = hasToken;
  done.hidden = true;
  for (const id of ['reset-error', 'forgot-error']) showError(byId(id), null);
}

/** @param {HTMLFormElement} form @param {string} message */
function finish(form, message) {
  form.reset();
  form.hidden = true;
  done.hidden = false;
  fill(done, message);
}

async function setPassword() {
  const message = await post('/api/v1/auth/password/reset', { token: tokenOfLink(), new_password: byId('password').value });
  forgetToken();
  finish(reset, `${message} in your app.`);
}

async function askForLink() {
  const message = await post('/api/v1/auth/password/forgot', { email: byId('email').value });
  finish(forgot, `${message}.`);
}

onSubmit(reset, setPassword, (error) => {
  showError(byId('reset-error'), error);
  // Another link is offered below the one that is no good.
  forgot.hidden = !isRefusedLink(error);
});
onSubmit(forgot, askForLink, (error) => showError(byId('forgot-error'), error));
window.addEventListener('hashchange', show);
show();
