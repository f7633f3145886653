// Figures and dates as people read them.

/**
 * A measured value with one significant digit of its uncertainty, and no digit that the
 * uncertainty makes meaningless: 5.198 ± 0.008.
 * @param {{ value: number, uncertainty: number }} measure
 */
export function measured({ value, uncertainty }) {
  const digits = uncertainty > 0 ? Math.min(Math.max(-Math.floor(Math.log10(uncertainty)), 0), 3) : 2;
  return { value: fixed(value, digits), uncertainty: uncertainty > 0 ? fixed(uncertainty, digits) : null };
}

/** @param {number} value @param {number} digits after the point */
export function fixed(value, digits) {
  return value.toLocaleString(undefined, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** @param {number} part 0 to 1 */
export const percent = (part) => part.toLocaleString(undefined, { style: 'percent' });

/** Most jobs cost a small part of a cent. @param {number | null} amount */
export function dollars(amount) {
  if (amount == null) return '';
  return amount.toLocaleString(undefined, { style: 'currency', currency: 'USD', maximumSignificantDigits: 2 });
}

/** @param {string} text RFC 3339 */
export const dateTime = (text) => new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Without this year, for narrow places. @param {string} text RFC 3339 */
export function shortDateTime(text) {
  const at = new Date(text);
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : 'numeric';
  return at.toLocaleString(undefined, { year, month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });
}

/** @param {string} text RFC 3339 */
export const date = (text) => new Date(text).toLocaleDateString(undefined, { dateStyle: 'long' });

/** Inside a sentence: `90` as `90 seconds`, `150` as `3 minutes`, never too short. @param {number} seconds */
export function timeSpan(seconds) {
  const [unit, length] = /** @type {[string, number]} */ (seconds <= 90 ? ['second', 1] : seconds <= 5400 ? ['minute', 60] : seconds <= 129_600 ? ['hour', 3600] : ['day', 86_400]);
  return Math.ceil(seconds / length).toLocaleString('en', { style: 'unit', unit, unitDisplay: 'long' });
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1e6) return `${fixed(bytes / 1e3, 0)} kB`;
  return `${fixed(bytes / 1e6, 1)} MB`;
}

/** `floor_area` as `Floor area`. @param {string} name */
export function words(name) {
  const text = name.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
