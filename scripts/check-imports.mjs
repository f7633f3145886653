// Who may import whom: the rules of docs/architecture.md, read off the source text.
//   node scripts/check-imports.mjs     lists what breaks a rule; exit code 1 if anything does
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './lib/paths.mjs';
import { paint, say } from './lib/say.mjs';
import { filesUnder } from './lib/stamp.mjs';

/** @typedef {{ path: string, lines: string[] }} Source `path` is relative to the repository */
/** @typedef {{ where: string, rule: string }} Breach */

const RUNTIME = /\b(worker|wasm_bindgen|wasm_bindgen_futures|js_sys|web_sys|axum)::/;
const BINDINGS = /\b(worker|wasm_bindgen|js_sys|web_sys)::|\bJsValue\b/;
const FORBIDDEN_CRATES = /^(worker|wasm-bindgen|wasm-bindgen-futures|js-sys|web-sys|axum|getrandom|rand|outpost)\b/;

/** The files under a folder that end so, without comments. @param {string} folder @param {string} ending @returns {Source[]} */
function sources(folder, ending) {
  const files = filesUnder(join(root, folder)).filter((file) => file.endsWith(ending));
  return files.map((file) => ({
    path: relative(root, file).replaceAll('\\', '/'),
    lines: readFileSync(file, 'utf8').split('\n').map((line) => line.replace(/(^|\s)(\/\/|#!?\s).*$/, '')),
  }));
}

/** Every line of a source that `isBreach` says yes to. @param {Source} source @param {string} rule @param {(line: string) => boolean} isBreach @returns {Breach[]} */
function breaches({ path, lines }, rule, isBreach) {
  return lines.flatMap((line, index) => (isBreach(line) ? [{ where: `${path}:${index + 1}`, rule }] : []));
}

/** Crates are pure. */
function checkCrates() {
  const code = sources('crates', '.rs').filter(({ path }) => /^crates\/[^/]+\/src\//.test(path));
  return [
    ...code.flatMap((source) => breaches(source, 'a crate is pure Rust: no runtime, no axum', (line) => RUNTIME.test(line))),
    ...sources('crates', 'Cargo.toml').flatMap(checkDependencies),
  ];
}

/** @param {Source} manifest @returns {Breach[]} */
function checkDependencies(manifest) {
  let section = '';
  return breaches(manifest, 'a crate depends on pure crates only', (line) => {
    section = line.match(/^\[(.*)\]/)?.[1] ?? section;
    return /(^|\.)dependencies$/.test(section) && FORBIDDEN_CRATES.test(line);
  });
}

/** The platform names a function only where routes and jobs are put together. */
function checkPlatform() {
  const others = sources('src', '.rs').filter(({ path }) => !/\/router\.rs$|\/(jobs|realtime)\/dispatch\.rs$/.test(path));
  return others.flatMap((source) => breaches(source, 'src/ names a function only in router.rs and the two dispatch.rs', (line) => /\bfunctions::/.test(line)));
}

/** A function stands on src/ and the crates, and knows neither the bindings nor another function. */
function checkFunctions() {
  const all = sources('functions', '.rs').filter(({ path }) => path !== 'functions/mod.rs');
  const areas = new Set(all.map(({ path }) => areaOf(path)));
  return all.flatMap((source) => {
    const own = areaOf(source.path);
    const namesOther = (/** @type {string} */ line) =>
      named(line, source.path).some((name) => name !== own && areas.has(name));
    return [
      ...breaches(source, 'functions/ reach the bindings through src/ only', (line) => BINDINGS.test(line)),
      ...breaches(source, 'a function does not use another function', namesOther),
      ...(source.path.endsWith('/jobs.rs') ? checkJobs(source, all) : []),
    ];
  });
}

/** @param {string} path */
const areaOf = (path) => path.split('/')[1].replace(/\.rs$/, '');

/** The functions' areas that a line may name. @param {string} line @param {string} path */
function named(line, path) {
  const up = path.split('/').length === 2 ? 'super' : 'super::super';
  return [...line.matchAll(new RegExp(`(?:\\bfunctions|(?<![\\w:])${up})::(\\w+)`, 'g'))].map((match) => match[1]);
}

/** Background work uses neither axum nor the handlers beside it. @param {Source} source @param {Source[]} all @returns {Breach[]} */
function checkJobs(source, all) {
  const folder = dirname(source.path);
  const isHandler = (/** @type {string} */ name) =>
    all.some(({ path, lines }) => path === `${folder}/${name}.rs` && lines.some((line) => /\baxum\b|#\[utoipa::path/.test(line)));
  return breaches(source, 'jobs.rs uses its db.rs, not axum and not handlers', (line) => {
    const siblings = [...line.matchAll(/(?<![\w:])super::(\w+)/g)].map((match) => match[1]);
    return /\baxum\b/.test(line) || siblings.some(isHandler);
  });
}

/** Tests know the public wire; only their harness knows the scripts and the client for apps. */
function checkTests() {
  return sources('tests', '.ts').flatMap((source) => {
    const isHarness = source.path.startsWith('tests/support/');
    return breaches(source, 'a test speaks the public wire only', (line) => {
      const from = line.match(/from '(\.[^']*)'/)?.[1];
      if (!from) return false;
      const target = join(dirname(source.path), from).replaceAll('\\', '/');
      return !target.startsWith('tests/') && !(isHarness && /^(scripts\/lib|clients)\//.test(target));
    });
  });
}

const found = [checkCrates, checkPlatform, checkFunctions, checkTests].flatMap((check) => check());
for (const { where, rule } of found) say(`${paint('red', where)} ${rule}`);
say(found.length ? `${found.length} imports break a rule` : 'Every import keeps the rules');
process.exitCode = found.length ? 1 : 0;
