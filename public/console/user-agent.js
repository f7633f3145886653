// What a device calls itself, made readable. Browsers say `Mozilla/5.0` and everything that they
// are compatible with; the order below asks for the most particular name first.

const BROWSERS = /** @type {[RegExp, string][]} */ ([
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Headless)?(?:Chrome|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
]);

const SYSTEMS = /** @type {[RegExp, string][]} */ ([
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\b(?:Macintosh|Mac OS X)\b/, 'Mac'],
  [/\bLinux\b/, 'Linux'],
]);

/** `Firefox on Windows`, `curl 8.5.0`, or a name that somebody chose. @param {string | null} text */
export function deviceName(text) {
  const name = text?.trim();
  if (!name) return 'Unknown device';
  if (!name.startsWith('Mozilla/')) return productName(name);
  const [browser, system] = [BROWSERS, SYSTEMS].map((list) => list.find(([pattern]) => pattern.test(name))?.[1]);
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? 'A browser';
}

/** Apps and tools begin with `name/version` (RFC 9110, section 10.1.5). @param {string} text */
function productName(text) {
  const [, name, version] = /^([\w.-]+)\/(\d[\w.]*)(?=\s|$)/.exec(text) ?? [];
  return name ? `${name} ${version}` : text;
}
