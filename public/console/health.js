// Whether the server is well, in the top bar.
import { byId } from '../dom.js';

const EVERY_MS = 30_000;

/** @param {import('./api.js').Api} api */
export function watchHealth(api) {
  const chip = byId('health');
  const check = async () => {
    // Nobody looks; the next look asks at once.
    if (document.hidden) return;
    const { state, text, title } = await ask(api);
    chip.dataset.state = state;
    chip.title = title;
    // Said again, it would be read aloud again.
    if (chip.textContent !== text) chip.textContent = text;
  };
  check();
  setInterval(check, EVERY_MS);
  document.addEventListener('visibilitychange', check);
}

/** @param {import('./api.js').Api} api */
async function ask(api) {
  try {
    const started = performance.now();
    const { version, time } = await (await api.open('/api/v1/health')).json();
    const title = `Answered in ${Math.round(performance.now() - started)} ms; the server’s time is ${time}`;
    return { state: 'ok', text: `Up · ${version}`, title };
  } catch (error) {
    return { state: 'bad', text: 'Down', title: /** @type {Error} */ (error).message };
  }
}
