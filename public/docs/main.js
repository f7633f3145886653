// The API reference, drawn from /openapi.json, which the server makes from its own code.
import { byId, fill, h, markCurrent } from '../dom.js';
import { authentication, errors, introduction } from './chapters.js';
import { setUpFilter } from './filter.js';
import { methodBadge, operationView } from './operation.js';
import { prose } from './prose.js';
import { Spec } from './spec.js';

const contents = byId('contents');
const isWide = matchMedia('(min-width: 900px)');

async function load() {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  return new Spec(await response.json());
}

/** @param {Spec} spec */
function draw(spec) {
  const preface = [introduction(spec), authentication(spec), errors(spec)];
  for (const chapter of preface) chapter.dataset.preface = '';
  byId('content').append(...preface, ...[...spec.byTag].map(([tag, operations]) => chapterOf(spec, tag, operations)));
  byId('links').append(
    h('ul', { 'data-preface': true }, ['Introduction', 'Authentication', 'Errors'].map((title) => h('li', null, h('a', { href: `#${title.toLowerCase()}` }, title)))),
    ...[...spec.byTag].map(([tag, operations]) => linksOf(tag, operations)),
  );
}

/** @param {Spec} spec @param {string} tag @param {import('./spec.js').Operation[]} operations */
function chapterOf(spec, tag, operations) {
  return h('section', { class: 'chapter', 'data-tag': tag }, h('h2', { id: `tag-${tag}` }, titleOf(tag)), prose(spec.tagDescription(tag)), operations.map((operation) => operationView(spec, operation)));
}

/** @param {string} tag @param {import('./spec.js').Operation[]} operations */
function linksOf(tag, operations) {
  const links = operations.map(({ id, method, path, summary }) =>
    h('li', { id: `link-${id}` }, h('a', { href: `#${id}`, title: path }, methodBadge(method), h('span', null, summary.split(/[.;:(]/)[0].trim() || id))),
  );
  return h('div', { 'data-tag': tag }, h('h2', null, titleOf(tag)), h('ul', null, links));
}

/** @param {string} tag */
const titleOf = (tag) => tag.charAt(0).toUpperCase() + tag.slice(1);

/** Marks what is being read. */
function followReading() {
  const links = new Map([...document.querySelectorAll('#links a')].map((link) => [/** @type {HTMLAnchorElement} */ (link).hash.slice(1), link]));
  const observer = new IntersectionObserver(
    (entries) => {
      const entry = entries.find(({ isIntersecting }) => isIntersecting);
      if (!entry) return;
      for (const [id, link] of links) markCurrent(link, id === entry.target.id);
      if (isWide.matches) links.get(entry.target.id)?.scrollIntoView({ block: 'nearest' });
    },
    // A line a little below the top bar: whatever crosses it is being read.
    { rootMargin: '-15% 0px -84% 0px' },
  );
  for (const id of links.keys()) observer.observe(byId(id));
}

/** The parts did not exist when the browser looked for the one in the address. */
function goToAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  document.getElementById(id)?.scrollIntoView({ behavior: 'instant' });
}

// On a phone the contents would push the text off the first screen.
contents.open = isWide.matches;
isWide.addEventListener('change', () => (contents.open = isWide.matches));

try {
  const spec = await load();
  draw(spec);
  const filter = setUpFilter(spec.operations);
  // A link to something hidden shows everything again. The click comes before the jump.
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('a[href^="#"]') : null;
    const wanted = link && document.getElementById(decodeURIComponent(link.getAttribute('href')?.slice(1) ?? ''));
    if (wanted?.closest('[hidden]')) filter.clear();
    if (wanted && !isWide.matches) contents.open = false;
  });
  followReading();
  goToAddress();
} catch (error) {
  fill(byId('problem'), h('div', { class: 'alert' }, h('strong', null, 'The reference could not be loaded. '), `${/** @type {Error} */ (error).message}. `, h('a', { href: '/docs/' }, 'Try again')));
}
