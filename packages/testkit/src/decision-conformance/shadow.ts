import { authenticated, publicRoute, withShadow } from '@peergate/core'
import { allowed, denied } from './case.js'
import type { DecisionCase } from './case.js'
import { domain, workload } from './spiffe.js'

const path = '/ns/shadow/sa/reader'
const identity = `${domain}${path}`
const leaf = workload(path)
const stranger = { dns: ['stranger.example'] }
const reading = { identity, allow: ['read'] } as const
const denial = ['ERR_PEERGATE_PERMISSION_DENIED'] as const

/** What is only tried is recorded, and changes no answer. */
export const shadowCases: readonly DecisionCase[] = [
  {
    name: 'lets in whom a shadow policy denies',
    leaf,
    grants: [reading],
    shadowGrants: [{ identity, deny: ['read'] }],
    tried: denial,
    answer: allowed,
  },
  {
    name: 'lets in whom a shadow policy grants nothing',
    leaf,
    grants: [reading],
    shadowGrants: [],
    tried: denial,
    answer: allowed,
  },
  {
    name: 'records nothing where a shadow policy agrees',
    leaf,
    grants: [reading],
    tried: [],
    answer: allowed,
  },
  {
    name: 'refuses whom a shadow policy would let in',
    leaf,
    grants: [],
    shadowGrants: [reading],
    tried: [],
    answer: denied,
  },
  ...[
    { tenant: 'acme', tried: [] },
    { tenant: 'umbra', tried: denial },
  ].map(({ tenant, tried }) => ({
    name: `gives a shadow policy the parameters of the route: ${tenant}`,
    leaf: workload('/ns/acme/sa/reader'),
    grants: [{ identity: `${domain}/ns/acme/**`, allow: ['read'] } as const],
    shadowGrants: [
      {
        identity: `${domain}/ns/{tenant}/sa/*`,
        allow: ['read'],
        where: { params: { tenant: '{tenant}' } },
      } as const,
    ],
    route: '/tenants/:tenant',
    path: `/tenants/${tenant}`,
    tried,
    answer: allowed,
  })),
  {
    name: 'lets in who lacks the permission that a route proposes',
    leaf,
    requirement: (own) => withShadow(authenticated, own('read')),
    tried: denial,
    answer: allowed,
  },
  {
    name: 'records nothing of who holds the permission that a route proposes',
    leaf,
    grants: [reading],
    requirement: (own) => withShadow(authenticated, own('read')),
    tried: [],
    answer: allowed,
  },
  {
    name: 'demands what is in force beside what a route proposes',
    leaf,
    grants: [{ identity, allow: ['write'] }],
    requirement: (own) => withShadow(own('read'), own('write')),
    tried: [],
    answer: denied,
  },
  {
    name: 'lets in a peer without an identity where a public route proposes to demand one',
    leaf: stranger,
    requirement: () => withShadow(publicRoute, authenticated),
    tried: ['ERR_PEERGATE_IDENTITY_MISSING'],
    answer: { ...allowed, isIdentified: false },
  },
]
