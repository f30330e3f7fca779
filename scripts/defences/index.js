// @ts-check
// What holds what Node does not, finding by finding, for ../test-defences.js. To add a defence, add a
// row to the test that must miss it.
import { handshakeDefences } from './handshake.js'
import { peerDefences } from './peers.js'
import { rolloutDefences } from './rollout.js'
import { sessionDefences } from './sessions.js'
import { trustDefences } from './trust.js'

/**
 * A test of packages/core/test/tls, and the defences without each of which it must fail.
 *
 * @typedef {object} FindingTest
 * @property {string} finding
 * @property {string} file of the test, without `.test.ts`
 * @property {string} name of the test, at the top level of its file
 * @property {readonly Defence[]} defences
 */

/**
 * One defence, and how it is taken out of the compiled text of its file.
 *
 * @typedef {object} Defence
 * @property {string} without what there is no more when it is taken out
 * @property {string} file of packages/core/src, without `.ts`
 * @property {string} find is in the compiled file exactly once
 * @property {string} replace
 * @property {readonly number[]} [nodes] the lines of Node that need it; all of them unless stated
 */

/** @type {readonly FindingTest[]} */
export const findingTests = [
  ...handshakeDefences,
  ...sessionDefences,
  ...trustDefences,
  ...peerDefences,
  ...rolloutDefences,
]
