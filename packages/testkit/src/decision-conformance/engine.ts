import { allOf, trustSet } from '@peergate/core'
import type { Authorize, AuthorizationQuestion } from '@peergate/core'
import { allowed, denied, refused } from './case.js'
import type { CaseGrant, DecisionAnswer, DecisionCase } from './case.js'
import { domain, workload } from './spiffe.js'

const identity = `${domain}/ns/engine/sa/reader`
const leaf = workload('/ns/engine/sa/reader')

const no = refused('ERR_PEERGATE_AUTHORIZER_DENIED')
const faulty = refused('ERR_PEERGATE_AUTHORIZER_FAULTY')

/** How long the engine of the cases may take, in seconds. */
export const engineWithin = 0.05

type Row = readonly [name: string, authorize: () => unknown, answer: DecisionAnswer]

const rows: readonly Row[] = [
  ['lets in by an engine that says true', () => true, allowed],
  ['lets in nobody whom the engine denies', () => false, no],
  ['waits for an engine that says true', async () => true, allowed],
  ['waits for an engine that denies', async () => false, no],
  ['takes a text for no answer of an engine', () => 'allow', faulty],
  ['takes a number for no answer of an engine', () => 1, faulty],
  ['takes an object for no answer of an engine', () => ({ decision: 'allow' }), faulty],
  ['takes nothing for no answer of an engine', () => undefined, faulty],
  ['takes a promise of a text for no answer of an engine', async () => 'allow', faulty],
  [
    'denies where an engine throws',
    () => {
      throw new Error('the engine is down')
    },
    faulty,
  ],
  ['denies where an engine rejects', () => Promise.reject(new Error('the engine is down')), faulty],
  ['denies where an engine never answers', () => new Promise(() => {}), faulty],
]

const denials: readonly (readonly [string, readonly CaseGrant[], DecisionAnswer])[] = [
  ['denies by a grant what the engine allows', [{ identity, deny: ['read'] }], denied],
  [
    'lets the engine allow what is denied to others',
    [{ identity: `${identity}s`, deny: ['read'] }],
    allowed,
  ],
]

/** Decisions of an external engine. */
export const engineCases: readonly DecisionCase[] = [
  ...rows.map(([name, authorize, answer]) => ({
    name,
    leaf,
    authorize: authorize as Authorize,
    answer,
  })),
  {
    name: 'denies where the answer of an engine comes too late',
    leaf,
    authorize: ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(true))
      }),
    answer: faulty,
  },
  ...denials.map(([name, grants, answer]) => ({
    name,
    leaf,
    grants,
    authorize: () => true,
    answer,
  })),
  {
    name: 'does not ask the engine for what a grant denies',
    leaf,
    grants: [{ identity: `${domain}/ns/engine/**`, deny: ['read'] }],
    answer: denied,
  },
  {
    name: 'does not ask the engine behind a denial',
    leaf,
    requirement: (own) => allOf(trustSet('batch'), own('read')),
    answer: refused('ERR_PEERGATE_TRUST_SET_MISMATCH'),
  },
  ...[
    { name: 'gives the engine the parameters of the route', path: '/of/acme', answer: allowed },
    { name: 'lets the engine deny by the parameters', path: '/of/umbra', answer: no },
  ].map(({ name, path, answer }) => ({
    name,
    leaf,
    route: '/of/:tenant',
    path,
    authorize: isOfAcme,
    answer,
  })),
]

function isOfAcme({ identity: { value }, permission, params }: AuthorizationQuestion): boolean {
  const { tenant } = params as Readonly<Record<string, unknown>>
  return value === identity && permission.endsWith(':read') && tenant === 'acme'
}
