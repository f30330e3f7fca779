import {
  allOf,
  anyOf,
  authenticated,
  minimumAssurance,
  publicRoute,
  trustSet,
  when,
} from '@peergate/core'
import type { ClientIdentity, Predicate, Requirement } from '@peergate/core'
import { allowed, denied, missing, refused } from './case.js'
import type { CaseGrant, DecisionAnswer, DecisionCase, OwnPermission } from './case.js'
import { domain, workload } from './spiffe.js'

const path = '/ns/requirements/sa/reader'
const identity = `${domain}${path}`
const leaf = workload(path)
const stranger = { dns: ['stranger.example'] }

type Row = readonly [
  name: string,
  held: readonly OwnPermission[],
  requirement: NonNullable<DecisionCase['requirement']>,
  answer: DecisionAnswer,
]

/** Cases of an identity that holds some permissions. */
function requirementCases(rows: readonly Row[]): readonly DecisionCase[] {
  return rows.map(([name, held, requirement, answer]) => ({
    name,
    leaf,
    grants: grantsOf(held),
    requirement,
    answer,
  }))
}

function grantsOf(held: readonly OwnPermission[]): readonly CaseGrant[] {
  return held.length === 0 ? [] : [{ identity, allow: held }]
}

const mismatch = refused('ERR_PEERGATE_TRUST_SET_MISMATCH')
const inBatch = trustSet('batch')
const inPayments = trustSet('payments')
const byTls = minimumAssurance('tls')

/** Requirements without code of the service's own, in every shape. */
export const shapeCases: readonly DecisionCase[] = [
  { name: 'lets in any identity', leaf, requirement: () => authenticated, answer: allowed },
  {
    name: 'lets in nobody without an identity where any will do',
    leaf: stranger,
    requirement: () => authenticated,
    answer: missing,
  },
  {
    name: 'lets in an identity on a public route',
    leaf,
    requirement: () => publicRoute,
    answer: allowed,
  },
  {
    name: 'lets in a peer without an identity on a public route',
    leaf: stranger,
    requirement: () => publicRoute,
    answer: { ...allowed, isIdentified: false },
  },
  {
    name: 'says that there is no identity before anything that a route demands',
    leaf: { ...stranger, issuer: 'batch-client-ca' },
    requirement: (own) => anyOf(inPayments, own('read')),
    answer: missing,
  },
  ...requirementCases([
    [
      'lets in who holds all of two',
      ['read', 'write'],
      (own) => allOf(own('read'), own('write')),
      allowed,
    ],
    ['demands the second of two', ['read'], (own) => allOf(own('read'), own('write')), denied],
    ['demands the first of two', ['write'], (own) => allOf(own('read'), own('write')), denied],
    [
      'lets in who holds the first of any',
      ['read'],
      (own) => anyOf(own('read'), own('write')),
      allowed,
    ],
    [
      'lets in who holds the second of any',
      ['write'],
      (own) => anyOf(own('read'), own('write')),
      allowed,
    ],
    ['lets in nobody who holds none of any', [], (own) => anyOf(own('read'), own('write')), denied],
    ['takes allOf of one for it', ['read'], (own) => allOf(own('read')), allowed],
    ['takes anyOf of one for it', [], (own) => anyOf(own('read')), denied],
    [
      'demands a permission beside any identity',
      [],
      (own) => allOf(authenticated, own('read')),
      denied,
    ],
    ['answers with the first of all that fails', [], (own) => allOf(own('read'), inBatch), denied],
    [
      'answers with the set where it comes first',
      [],
      (own) => allOf(inBatch, own('read')),
      mismatch,
    ],
    [
      'answers with the first of any that fails',
      [],
      (own) => anyOf(inBatch, own('read')),
      mismatch,
    ],
    [
      'lets in by a permission in the place of a set',
      ['read'],
      (own) => anyOf(inBatch, own('read')),
      allowed,
    ],
    [
      'lets in by a set in the place of a permission',
      [],
      (own) => anyOf(own('read'), inPayments),
      allowed,
    ],
    ['lets in by assurance in the place of a set', [], () => anyOf(inBatch, byTls), allowed],
    [
      'demands set, assurance and permission',
      ['read'],
      (own) => allOf(inPayments, byTls, own('read')),
      allowed,
    ],
    [
      'lets in by the second way',
      ['read'],
      (own) => anyOf(allOf(own('read'), own('write')), allOf(own('read'), inPayments)),
      allowed,
    ],
    [
      'lets in by no way that is half met',
      ['read'],
      (own) => anyOf(allOf(own('read'), own('write')), allOf(own('read'), inBatch)),
      denied,
    ],
    [
      'demands one of each group',
      ['read'],
      (own) => allOf(anyOf(own('write'), own('read')), anyOf(inBatch, byTls)),
      allowed,
    ],
    [
      'lets in nobody who has none of one group',
      ['read'],
      (own) => allOf(own('read'), anyOf(inBatch, own('write'))),
      mismatch,
    ],
    [
      'goes as deep as a requirement does',
      ['write'],
      (own) =>
        allOf(authenticated, anyOf(own('read'), allOf(inPayments, anyOf(inBatch, own('write'))))),
      allowed,
    ],
  ]),
  {
    name: 'lets in by another permission where one is denied',
    leaf,
    grants: [
      { identity: `${domain}/ns/requirements/**`, allow: ['read', 'write'] },
      { identity, deny: ['read'] },
    ],
    requirement: (own) => anyOf(own('read'), own('write')),
    answer: allowed,
  },
]

const unmet = refused('ERR_PEERGATE_CONDITION_UNMET')
const faulty = refused('ERR_PEERGATE_CONDITION_FAULTY')

const yes = when(() => true)
const no = when(() => false)
const soon = when(async () => true)
const never = when(async () => false)
const broken = when(() => {
  throw new Error('the record store is down')
})
const brokenSoon = when(async () => {
  throw new Error('the record store is down')
})

/** What a predicate in plain JavaScript may give. */
function answering(answer: unknown): Requirement {
  return when((() => answer) as Predicate)
}

/** Requirements with predicates, which may be wrong in every way. */
export const predicateCases: readonly DecisionCase[] = [
  ...requirementCases([
    ['lets in by a predicate that says true', [], () => yes, allowed],
    ['lets in nobody whom a predicate denies', [], () => no, unmet],
    ['waits for a predicate that says true', [], () => soon, allowed],
    ['waits for a predicate that denies', [], () => never, unmet],
    ['takes a text for no answer', [], () => answering('true'), faulty],
    ['takes a number for no answer', [], () => answering(1), faulty],
    ['takes nothing for no answer', [], () => answering(undefined), faulty],
    ['takes an object for no answer', [], () => answering({ allowed: true }), faulty],
    [
      'takes a promise of a text for no answer',
      [],
      () => answering(Promise.resolve('true')),
      faulty,
    ],
    ['denies where a predicate throws', [], () => broken, faulty],
    ['denies where a predicate rejects', [], () => brokenSoon, faulty],
    ['demands a permission beside a predicate', [], (own) => allOf(yes, own('read')), denied],
    [
      'demands a permission beside one that takes time',
      [],
      (own) => allOf(soon, own('read')),
      denied,
    ],
    ['demands a predicate beside a permission', ['read'], (own) => allOf(own('read'), no), unmet],
    ['lets in by all of them', ['read'], (own) => allOf(soon, own('read'), soon, yes), allowed],
    ['asks no predicate behind a denial', [], (own) => allOf(own('read'), broken), denied],
    [
      'asks no predicate behind a permission',
      ['read'],
      (own) => anyOf(own('read'), broken),
      allowed,
    ],
    [
      'lets in by a permission behind a predicate',
      ['read'],
      (own) => anyOf(never, own('read')),
      allowed,
    ],
    ['lets in by the second predicate', [], () => anyOf(never, soon), allowed],
    ['answers with the first predicate', [], (own) => anyOf(never, own('read')), unmet],
    ['answers with a predicate that is broken', [], (own) => anyOf(broken, own('read')), faulty],
  ]),
  {
    name: 'lets in by a permission behind a predicate that is broken',
    leaf,
    grants: grantsOf(['read']),
    requirement: (own) => anyOf(brokenSoon, own('read')),
    answer: { ...allowed, faults: 1 },
  },
  ...[
    { name: 'gives a predicate the request', owner: 'acme', answer: allowed },
    { name: 'lets a predicate deny by the request', owner: 'umbra', answer: unmet },
  ].map(({ name, owner, answer }) => ({
    name,
    leaf,
    requirement: () => when(isOwner),
    headers: { 'x-owner': owner },
    answer,
  })),
]

/** What the requests of all frameworks have in common. */
interface AnyRequest {
  readonly headers: Readonly<Record<string, unknown>>
}

function isOwner({ value }: ClientIdentity, { headers }: AnyRequest): boolean {
  return value === identity && headers['x-owner'] === 'acme'
}
