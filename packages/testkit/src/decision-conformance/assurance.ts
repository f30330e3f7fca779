import { allOf, anyOf, authenticated, minimumAssurance, trustSet } from '@peergate/core'
import type { Assurance } from '@peergate/core'
import { allowed, denied, earlier, invalid, later, refused } from './case.js'
import type { CaseGrant, DecisionAnswer, DecisionCase } from './case.js'
import { domain, workload } from './spiffe.js'

const identity = `${domain}/ns/assurance/sa/reader`
const leaf = workload('/ns/assurance/sa/reader')
const tooLow = refused('ERR_PEERGATE_ASSURANCE_TOO_LOW')
const allow = ['read'] as const

/** What each assurance is given, by grants and by routes, for every minimum. */
function minimumCases(
  answers: Readonly<Record<Assurance, 'met' | 'unmet'>>,
): readonly DecisionCase[] {
  return Object.entries(answers).flatMap(([minimum, verdict]): readonly DecisionCase[] => [
    {
      name: `${verdict === 'met' ? 'gives' : 'does not give'} by a grant that demands ${minimum}`,
      leaf,
      grants: [{ identity, allow, minimumAssurance: minimum as Assurance }],
      answer: verdict === 'met' ? allowed : denied,
    },
    {
      name: `${verdict === 'met' ? 'lets in' : 'does not let in'} where a route demands ${minimum}`,
      leaf,
      requirement: () => minimumAssurance(minimum as Assurance),
      answer: verdict === 'met' ? allowed : tooLow,
    },
  ])
}

/** Identities whose handshake the service verified. */
export const tlsAssuranceCases: readonly DecisionCase[] = minimumCases({
  tls: 'met',
  'proxy-verified': 'met',
  'proxy-asserted': 'met',
})

type Row = readonly [
  name: string,
  grants: readonly CaseGrant[],
  requirement: NonNullable<DecisionCase['requirement']>,
  answer: DecisionAnswer,
]

function proxyCases(rows: readonly Row[]): readonly DecisionCase[] {
  return rows.map(([name, grants, requirement, answer]) => ({
    name,
    leaf,
    grants,
    requirement,
    answer,
  }))
}

const gives: CaseGrant = { identity, allow }
const byTls = minimumAssurance('tls')
const read: NonNullable<DecisionCase['requirement']> = (own) => own('read')

/** Identities that a proxy verified. */
export const verifiedCases: readonly DecisionCase[] = [
  ...minimumCases({ tls: 'unmet', 'proxy-verified': 'met', 'proxy-asserted': 'met' }),
  ...proxyCases([
    ['gives by a grant that demands nothing', [gives], read, allowed],
    ['denies before it looks at assurance', [], (own) => allOf(own('read'), byTls), denied],
    ['demands assurance beside a permission', [gives], (own) => allOf(own('read'), byTls), tooLow],
    [
      'lets in by a permission in the place of assurance',
      [gives],
      (own) => anyOf(byTls, own('read')),
      allowed,
    ],
    ['lets in any identity', [], () => authenticated, allowed],
    ['knows the set of the proxy', [], () => trustSet('payments'), allowed],
    ['gives to the set of the proxy', [{ ...gives, trustSet: 'payments' }], read, allowed],
    [
      'denies the set of the proxy',
      [gives, { identity, deny: allow, trustSet: 'payments' }],
      read,
      denied,
    ],
    ['gives within a time', [{ ...gives, notBefore: earlier, notAfter: later }], read, allowed],
    ['gives nothing after its end', [{ ...gives, notAfter: earlier }], read, denied],
    [
      'gives to the proxy and not through it',
      [{ identity: `${domain}/ns/edge/sa/*`, allow }],
      read,
      denied,
    ],
  ]),
  {
    name: 'gives to the certificate that is forwarded',
    leaf: workload('/ns/assurance/sa/forwarded'),
    grants: ({ own }) => [{ fingerprint256: own, notAfter: later, allow }],
    answer: allowed,
  },
  {
    name: 'refuses a forwarded identity with a *',
    leaf: workload('/ns/assurance/sa/*'),
    grants: [{ identity: `${domain}/ns/assurance/sa/*`, allow }],
    answer: invalid,
  },
  ...['acme', 'umbra'].map((tenant): DecisionCase => ({
    name: `gives to the tenant of the forwarded identity: acme asks for ${tenant}`,
    leaf: workload('/tenants/acme/sa/api'),
    grants: [
      {
        identity: `${domain}/tenants/{tenant}/sa/*`,
        allow,
        where: { params: { tenant: '{tenant}' } },
      },
    ],
    route: '/of/:tenant',
    path: `/of/${tenant}`,
    answer: tenant === 'acme' ? allowed : denied,
  })),
]

/** Identities that a proxy forwards without a word on whether it verified them. */
export const assertedCases: readonly DecisionCase[] = [
  ...minimumCases({ tls: 'unmet', 'proxy-verified': 'unmet', 'proxy-asserted': 'met' }),
  ...proxyCases([
    ['gives by a grant that demands nothing', [gives], read, allowed],
    ['knows no set', [], () => trustSet('payments'), refused('ERR_PEERGATE_TRUST_SET_MISMATCH')],
    ['gives to no set', [{ ...gives, trustSet: 'payments' }], read, denied],
    [
      'denies a set, which it may have',
      [gives, { identity, deny: allow, trustSet: 'payments' }],
      read,
      denied,
    ],
    ['denies what it denies', [gives, { anyIdentity: true, deny: allow }], read, denied],
  ]),
]
