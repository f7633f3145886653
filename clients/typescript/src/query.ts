// The part of an address behind the question mark. React Native's `URLSearchParams` lacks most of itself.

/** `?name=value&…`, without what is null; nothing of nothing. */
export function queryOf(values: Record<string, string | number | null>): string {
  const parts = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : `${name}=${encodeURIComponent(value)}`));
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}
