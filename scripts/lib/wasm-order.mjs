// An order of a module's functions in which similar ones stand near each other, since gzip looks
// back 32 kB only: balanced graph partitioning of functions by the byte sequences that they share.
// Dhulipala, Kabiljo, Karrer, Ottaviano, Pupyrev, Shalita: "Compressing Graphs and Indexes with
// Recursive Graph Bisection" (2016); for code: Lee, Hoag, Tillmann: "Efficient Profile-Guided Size
// Optimization for Native Mobile Applications" (2022). It takes 3 % off the compressed module.
import { functionNamesOf, functionsOf, importedFunctions, isNamed, keep, nameSection, sectionsOf } from './wasm-sections.mjs';

/** Bytes of a sequence that functions may share. */
const SEQUENCE = 4;
/** A sequence that more of the functions have says nothing about any of them. */
const TOO_COMMON = 0.2;
/** Digits before the name of a function, that say its place. */
const PLACE_DIGITS = 7;
/** Rounds of swaps for each split; most splits settle sooner. */
const ROUNDS = 30;

/**
 * The module with its functions named by their place in that order, and as before, so that wasm-opt can sort them
 * by name (it renumbers all that refers to them).
 * @param {Buffer} module
 */
export function namedInOrder(module) {
  const functions = functionsOf(module);
  const imported = importedFunctions(module);
  const order = bySimilarity(functions.map((bytes) => sequencesOf(bytes)));
  const before = functionNamesOf(module);
  const names = new Map();
  for (const [place, index] of order.entries()) {
    names.set(imported + index, `${String(place).padStart(PLACE_DIGITS, '0')}${before.get(imported + index) ?? ''}`);
  }
  const sorted = new Map([...names].sort(([one], [other]) => one - other));
  const others = sectionsOf(module).filter((section) => !isNamed(module, section, 'name'));
  return Buffer.concat([keep(module, others), nameSection(sorted)]);
}

/** Every different sequence of a function, as numbers. @param {Buffer} bytes */
function sequencesOf(bytes) {
  const found = new Set();
  for (let at = 0; at + SEQUENCE <= bytes.length; at++) found.add(bytes.readUInt32LE(at));
  return found;
}

/**
 * The numbers of the functions, similar ones near each other.
 * @param {Set<number>[]} sequences of each function
 */
function bySimilarity(sequences) {
  const { lists, count } = sharedOnly(sequences);
  const order = lists.map((_, index) => index);
  bisect(order, 0, order.length, lists, { left: new Int32Array(count), right: new Int32Array(count) });
  return order;
}

/** Of each function the sequences that tell something, numbered from 0. @param {Set<number>[]} sequences */
function sharedOnly(sequences) {
  /** @type {Map<number, number>} */
  const owners = new Map();
  for (const set of sequences) for (const one of set) owners.set(one, (owners.get(one) ?? 0) + 1);
  /** @type {Map<number, number>} */
  const numbers = new Map();
  for (const [one, count] of owners) {
    if (count > 1 && count <= sequences.length * TOO_COMMON) numbers.set(one, numbers.size);
  }
  const lists = sequences.map((set) => Uint32Array.from([...set].flatMap((one) => numbers.get(one) ?? [])));
  return { lists, count: numbers.size };
}

/**
 * Sorts `order` from `from` to `to`: swaps between the halves while it lowers the cost, then each half.
 * @param {number[]} order @param {number} from @param {number} to
 * @param {Uint32Array[]} lists @param {Counts} counts scratch space
 */
function bisect(order, from, to, lists, counts) {
  if (to - from < 3) return;
  const middle = (from + to) >> 1;
  for (let round = 0; round < ROUNDS && swap(order, from, middle, to, lists, counts); round++);
  bisect(order, from, middle, lists, counts);
  bisect(order, middle, to, lists, counts);
}

/**
 * One round of swaps; whether there was any.
 * @param {number[]} order @param {number} from @param {number} middle @param {number} to
 * @param {Uint32Array[]} lists @param {Counts} counts
 */
function swap(order, from, middle, to, lists, { left, right }) {
  const [ours, theirs] = [order.slice(from, middle), order.slice(middle, to)];
  for (const index of [...ours, ...theirs]) for (const one of lists[index] ?? []) left[one] = right[one] = 0;
  tally(ours, lists, left);
  tally(theirs, lists, right);
  const leaving = byGain(ours, lists, left, right);
  const coming = byGain(theirs, lists, right, left);
  let swaps = 0;
  for (; swaps < leaving.length; swaps++) {
    const [one, other] = [leaving[swaps], coming[swaps]];
    if (!one || !other || one.gain + other.gain <= 0) break;
    [leaving[swaps], coming[swaps]] = [other, one];
  }
  order.splice(from, to - from, ...leaving.map(({ index }) => index), ...coming.map(({ index }) => index));
  return swaps > 0;
}

/** @param {number[]} half @param {Uint32Array[]} lists @param {Int32Array} counts */
function tally(half, lists, counts) {
  for (const index of half) for (const one of lists[index] ?? []) counts[one] = (counts[one] ?? 0) + 1;
}

/**
 * The functions of a half with what is gained by moving each to the other one, the most first.
 * @param {number[]} half @param {Uint32Array[]} lists @param {Int32Array} here @param {Int32Array} there
 */
function byGain(half, lists, here, there) {
  const costs = costsUpTo(half.length + 1);
  const cost = (/** @type {number} */ a, /** @type {number} */ b) => (costs[a] ?? 0) + (costs[b] ?? 0);
  const ranked = half.map((index) => {
    let gain = 0;
    for (const one of lists[index] ?? []) {
      const [a, b] = [here[one] ?? 0, there[one] ?? 0];
      gain += cost(a, b) - cost(a - 1, b + 1);
    }
    return { index, gain };
  });
  return ranked.sort((one, other) => other.gain - one.gain || one.index - other.index);
}

/** What it costs to tell a sequence that so many functions of a half have, by their number. @param {number} most */
function costsUpTo(most) {
  for (let count = COSTS.length; count <= most; count++) COSTS.push(-count * Math.log2(count + 1));
  return COSTS;
}

/** @type {number[]} */
const COSTS = [];

/** @typedef {{ left: Int32Array, right: Int32Array }} Counts */
