import { allOf, anyOf } from '@peergate/core'
import { allowed, denied, later } from './case.js'
import type { CaseGrant, DecisionCase } from './case.js'
import { domain, workload } from './spiffe.js'

const reader = '/ns/grants/sa/reader'
const identity = `${domain}${reader}`
const everyReader = `${domain}/ns/grants/sa/*`
const leaf = workload(reader)

/** What several grants come to. */
export const denialCases: readonly DecisionCase[] = [
  { name: 'gives nothing by default', leaf, answer: denied },
  {
    name: 'gives by a second grant what the first does not',
    leaf,
    grants: [
      { identity: `${domain}/ns/grants/sa/writer`, allow: ['read'] },
      { identity, allow: ['read'] },
    ],
    answer: allowed,
  },
  {
    name: 'gives what a grant names and nothing else',
    leaf,
    grants: [{ identity, allow: ['write'] }],
    requirement: (own) => allOf(own('write'), own('read')),
    answer: denied,
  },
  ...[
    { order: 'after', path: '/ns/order/sa/one', denyFirst: false },
    { order: 'before', path: '/ns/order/sa/two', denyFirst: true },
  ].map(({ order, path, denyFirst }): DecisionCase => {
    const exact = { identity: `${domain}${path}`, allow: ['read'] } as const
    const wide = { identity: `${domain}${path.replace('sa', '*')}`, deny: ['read'] } as const
    return {
      name: `lets a denial win that stands ${order} what allows`,
      leaf: workload(path),
      isOrdered: true,
      grants: denyFirst ? [wide, exact] : [exact, wide],
      answer: denied,
    }
  }),
  ...denyCases([
    ['by the same identity', { identity, deny: ['read'] }, { anyIdentity: true, allow: ['read'] }],
    ['by *', { identity: everyReader, deny: ['read'] }, { identity, allow: ['read'] }],
    ['by **', { identity: `${domain}/ns/**`, deny: ['read'] }, { identity, allow: ['read'] }],
    ['by any identity', { anyIdentity: true, deny: ['read'] }, { identity, allow: ['read'] }],
  ]),
  ...spareCases([
    ['to another identity', { identity: `${identity}s`, deny: ['read'] }],
    ['to another branch by *', { identity: `${domain}/ns/grant/sa/*`, deny: ['read'] }],
    ['to what is below by **', { identity: `${identity}/**`, deny: ['read'] }],
  ]),
  {
    name: 'is not touched by a denial of another permission',
    leaf,
    grants: [
      { anyIdentity: true, deny: ['write'] },
      { identity: everyReader, allow: ['read'] },
    ],
    requirement: (own) => anyOf(own('write'), own('read')),
    answer: allowed,
  },
  {
    name: 'gives to any identity',
    leaf,
    grants: [{ anyIdentity: true, allow: ['read'] }],
    answer: allowed,
  },
  {
    name: 'denies one certificate what its identity holds',
    leaf: workload('/ns/grants/sa/stolen'),
    grants: ({ own }) => [
      { identity: everyReader, allow: ['read'] },
      { fingerprint256: own, notAfter: later, deny: ['read'] },
    ],
    answer: denied,
  },
  {
    name: 'denies nothing to another certificate of the same identity',
    leaf: workload('/ns/grants/sa/renewed'),
    grants: ({ other }) => [
      { identity: everyReader, allow: ['read'] },
      { fingerprint256: other, notAfter: later, deny: ['read'] },
    ],
    answer: allowed,
  },
]

function denyCases(
  rows: readonly (readonly [how: string, denying: CaseGrant, allowing: CaseGrant])[],
): readonly DecisionCase[] {
  return rows.map(([how, denying, allowing]) => ({
    name: `denies ${how} what another grant gives`,
    leaf,
    grants: [allowing, denying],
    answer: denied,
  }))
}

function spareCases(
  rows: readonly (readonly [to: string, denying: CaseGrant])[],
): readonly DecisionCase[] {
  return rows.map(([to, denying]) => ({
    name: `is not touched by a denial ${to}`,
    leaf,
    grants: [denying, { identity: everyReader, allow: ['read'] }],
    answer: allowed,
  }))
}
