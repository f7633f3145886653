// Tier, quota and keys of the signed-in user.
import { byId, fill, h } from '../dom.js';
import { showError } from './errors.js';
import { date, dateTime, words } from './format.js';

/** @param {import('./api.js').Api} api */
export async function showAccount(api) {
  const place = byId('profile');
  try {
    const profile = await api.json('/api/v1/user/profile');
    const { quota_used: used, quota_limit: limit } = profile;
    fill(
      place,
      h('progress', { max: Math.max(limit, 1), value: used, 'aria-label': 'Quota used' }),
      h('p', null, h('strong', null, used), ` of ${limit.toLocaleString()} scans used this month`),
      h('p', { class: 'small muted' }, `Starts anew on ${date(profile.quota_reset_date)}`),
      h(
        'dl',
        null,
        entry('Tier', words(profile.subscription_tier)),
        entry('User', h('code', { title: profile.user_id }, profile.user_id)),
        profile.api_keys.flatMap((/** @type {any} */ key) =>
          entry(`Key “${key.name}”`, h('code', { title: key.last_used ? `Last used ${dateTime(key.last_used)}` : 'Never used' }, `${key.prefix}…`)),
        ),
      ),
    );
  } catch (error) {
    showError(place, error);
  }
}

/** @param {string} name @param {string | Node} value */
const entry = (name, value) => [h('dt', null, name), h('dd', null, value)];
