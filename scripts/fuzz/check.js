// @ts-check

/** A property that does not hold. */
export class Counterexample extends Error {}

/** @param {boolean} holds @param {string} otherwise @returns {asserts holds} */
export function check(holds, otherwise) {
  if (!holds) throw new Counterexample(otherwise)
}
