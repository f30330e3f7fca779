import { allowed, ambiguous, denied, invalid, missing, patternCases, refused } from './case.js'
import type { DecisionCase } from './case.js'
import type { LeafRequest } from '../pki-declaration.js'

/** The certificate of a SPIFFE ID of the trust domain, by its path. */
export function workload(path: string): Partial<LeafRequest> {
  return { uri: [`${domain}${path}`] }
}

export const domain = 'spiffe://prod.example'

const everyWorker = `${domain}/ns/payments/sa/*`

/** Which SPIFFE IDs a pattern stands for. */
export const spiffeCases: readonly DecisionCase[] = patternCases(workload, [
  ['matches the ID that is written out', `${domain}/ns/a/sa/b`, '/ns/a/sa/b', allowed],
  ['does not match a longer name', `${domain}/ns/a/sa/b`, '/ns/a/sa/bc', denied],
  ['does not match a shorter name', `${domain}/ns/a/sa/bc`, '/ns/a/sa/b', denied],
  ['does not match what is below it', `${domain}/ns/a/sa/b`, '/ns/a/sa/b/c', denied],
  ['does not match what is above it', `${domain}/ns/a/sa/b`, '/ns/a/sa', denied],
  ['tells upper case from lower case', `${domain}/ns/a/sa/b`, '/ns/a/sa/B', denied],
  ['keeps the case of a pattern', `${domain}/ns/A/sa/*`, '/ns/A/sa/b', allowed],
  ['tells the case of a pattern', `${domain}/ns/A/sa/*`, '/ns/a/sa/b', denied],
  ['matches one segment by *', everyWorker, '/ns/payments/sa/reader', allowed],
  ['does not match two segments by *', everyWorker, '/ns/payments/sa/reader/one', denied],
  ['does not match nothing by *', everyWorker, '/ns/payments/sa', denied],
  ['does not match another branch by *', everyWorker, '/ns/batch/sa/reader', denied],
  ['does not match a longer branch by *', everyWorker, '/ns/payments2/sa/reader', denied],
  ['does not match a shorter branch by *', everyWorker, '/ns/payment/sa/reader', denied],
  ['does not match below another root by *', everyWorker, '/x/ns/payments/sa/reader', denied],
  ['matches * in the middle', `${domain}/ns/*/sa/worker`, '/ns/any/sa/worker', allowed],
  ['goes on after a * in the middle', `${domain}/ns/*/sa/worker`, '/ns/any/sa/workers', denied],
  ['gives * one segment in the middle', `${domain}/ns/*/sa/worker`, '/ns/a/b/sa/worker', denied],
  ['matches two *', `${domain}/*/x/*`, '/a/x/b', allowed],
  ['does not let one * take the place of two', `${domain}/*/x/*`, '/a/x', denied],
  ['matches one segment by **', `${domain}/ns/payments/**`, '/ns/payments/a', allowed],
  ['matches many segments by **', `${domain}/ns/payments/**`, '/ns/payments/a/b/c/d', allowed],
  ['does not match nothing by **', `${domain}/ns/payments/**`, '/ns/payments', denied],
  ['does not match a longer branch by **', `${domain}/ns/payments/**`, '/ns/payments2/a', denied],
  ['matches ** behind *', `${domain}/ns/*/jobs/**`, '/ns/a/jobs/b/c', allowed],
  ['does not match nothing by ** behind *', `${domain}/ns/*/jobs/**`, '/ns/a/jobs', denied],
  ['refuses an ID with a *', everyWorker, '/ns/payments/sa/*', invalid],
  ['refuses an ID with **', `${domain}/ns/payments/**`, '/ns/payments/**', invalid],
  ['refuses an ID with a capture', `${domain}/ns/*/sa/worker`, '/ns/{tenant}/sa/worker', invalid],
  ['refuses an ID with an encoded slash', everyWorker, '/ns/payments/sa/a%2Fb', invalid],
  ['refuses an ID with a trailing slash', everyWorker, '/ns/payments/sa/', invalid],
  ['refuses an ID with a dot segment', everyWorker, '/ns/batch/../payments/sa/reader', invalid],
  [
    'refuses an ID of a trust domain in upper case',
    everyWorker,
    { uri: ['spiffe://PROD.example/ns/payments/sa/reader'] },
    invalid,
  ],
  [
    'refuses an ID of a longer trust domain',
    everyWorker,
    { uri: ['spiffe://prod.example.org/ns/payments/sa/reader'] },
    refused('ERR_PEERGATE_TRUST_DOMAIN_MISMATCH'),
  ],
  [
    'refuses two IDs, of which one is granted',
    everyWorker,
    { uri: [`${domain}/ns/payments/sa/reader`, `${domain}/ns/batch/sa/reader`] },
    ambiguous,
  ],
  [
    'reads no ID from the other names',
    everyWorker,
    { subject: `CN=${domain}/ns/payments/sa/reader`, dns: ['reader.prod.example'] },
    missing,
  ],
])
