import { allowed, captureCases, denied } from './case.js'
import type { CaptureRow, CaseGrant, DecisionAnswer, DecisionCase } from './case.js'
import { domain, workload } from './spiffe.js'

const ofTenant = `${domain}/tenants/{tenant}/sa/*`
const identity = `${domain}/tenants/acme/sa/api`
const leaf = workload('/tenants/acme/sa/api')

function asked(rows: readonly (readonly [string, path: string, DecisionAnswer])[]) {
  return captureCases(
    workload,
    rows.map(([name, path, answer]): CaptureRow => [
      name,
      ofTenant,
      '/tenants/acme/sa/api',
      path,
      answer,
    ]),
  )
}

const own = { tenant: '{tenant}' }
const gives = { identity: ofTenant, allow: ['read'], where: { params: own } } as const

type Row = readonly [
  name: string,
  grants: readonly CaseGrant[],
  route: string,
  path: string,
  answer: DecisionAnswer,
]

function tenancyCases(rows: readonly Row[]): readonly DecisionCase[] {
  return rows.map(([name, grants, route, path, answer]) => ({
    name,
    leaf,
    grants,
    route,
    path,
    answer,
  }))
}

const region: CaseGrant = {
  identity: ofTenant,
  allow: ['read'],
  where: { params: { ...own, region: 'eu' } },
}
const account: CaseGrant = {
  identity: `${domain}/tenants/{tenant}/sa/{account}`,
  allow: ['read'],
  where: { params: { ...own, account: '{account}' } },
}
const literal: CaseGrant = { identity, allow: ['read'], where: { params: { tenant: 'shared' } } }
const anybody: CaseGrant = { anyIdentity: true, allow: ['read'] }
const denyOwn: CaseGrant = { identity: ofTenant, deny: ['read'], where: { params: own } }
const denyLiteral: CaseGrant = {
  anyIdentity: true,
  deny: ['read'],
  where: { params: { tenant: 'archive' } },
}
const inherited: CaseGrant = {
  identity: ofTenant,
  allow: ['read'],
  where: { params: { ...own, constructor: 'Object' } },
}

/** Grants that the parameters of a route must meet. */
export const tenantCases: readonly DecisionCase[] = [
  ...asked([
    ['gives to the tenant of the identity', 'acme', allowed],
    ['gives to no other tenant', 'umbra', denied],
    ['gives to no tenant that begins like its own', 'acme2', denied],
    ['gives to no tenant that its own begins with', 'acm', denied],
    ['tells a tenant in upper case from its own', 'ACME', denied],
    ['compares a parameter as its framework decodes it', '%61cme', allowed],
    ['decodes a parameter once', '%2561cme', denied],
    ['takes an encoded slash for a part of the tenant', 'acme%2Fother', denied],
    ['takes an encoded slash before its own for a part of it', 'other%2Facme', denied],
    ['takes an encoded space for a part of the tenant', 'acme%20', denied],
    ['takes an encoded NUL for a part of the tenant', 'acme%00', denied],
    ['takes a * in the path for text', '*', denied],
    ['takes a capture in the path for text', '%7Btenant%7D', denied],
    ['takes a query for no part of the tenant', 'acme?tenant=umbra', allowed],
    ['reads no tenant from a query', 'umbra?tenant=acme', denied],
  ]),
  ...tenancyCases([
    ['gives nothing on a route without the parameter', [gives], '', '', denied],
    [
      'gives nothing where a parameter has another name',
      [gives],
      '/of/:tenantId',
      '/of/acme',
      denied,
    ],
    ['gives where all parameters fit', [region], '/:tenant/:region', '/acme/eu', allowed],
    ['gives nothing where one does not fit', [region], '/:tenant/:region', '/acme/us', denied],
    ['gives nothing where one is not there', [region], '/:tenant', '/acme', denied],
    ['compares two captures', [account], '/:tenant/:account', '/acme/api', allowed],
    ['compares the second of two', [account], '/:tenant/:account', '/acme/cli', denied],
    [
      'compares captures with their own parameters',
      [account],
      '/:tenant/:account',
      '/api/acme',
      denied,
    ],
    ['gives for a tenant that the grant writes', [literal], '/of/:tenant', '/of/shared', allowed],
    [
      'gives for no tenant but the one that it writes',
      [literal],
      '/of/:tenant',
      '/of/acme',
      denied,
    ],
    ['tells the case of a tenant that it writes', [literal], '/of/:tenant', '/of/Shared', denied],
    ['gives by the second of two', [gives, literal], '/of/:tenant', '/of/shared', allowed],
    [
      'denies for the tenant of the identity',
      [anybody, denyOwn],
      '/of/:tenant',
      '/of/acme',
      denied,
    ],
    ['does not deny for other tenants', [anybody, denyOwn], '/of/:tenant', '/of/umbra', allowed],
    ['denies on a route without the parameter', [anybody, denyOwn], '', '', denied],
    [
      'denies for a tenant that the denial writes',
      [gives, anybody, denyLiteral],
      '/of/:tenant',
      '/of/archive',
      denied,
    ],
    [
      'gives for others than the denial writes',
      [gives, denyLiteral],
      '/of/:tenant',
      '/of/acme',
      allowed,
    ],
    ['takes what parameters inherit for none', [inherited], '/:tenant', '/acme', denied],
  ]),
  {
    name: 'gives what a role holds for the tenant of the identity',
    leaf,
    roles: { clerk: { allow: ['read'] } },
    grants: [{ identity: ofTenant, roles: ['clerk'], where: { params: own } }],
    route: '/of/:tenant',
    path: '/of/acme',
    answer: allowed,
  },
  {
    name: 'gives what a role holds for no other tenant',
    leaf,
    roles: { clerk: { allow: ['read'] } },
    grants: [{ identity: ofTenant, roles: ['clerk'], where: { params: own } }],
    route: '/of/:tenant',
    path: '/of/umbra',
    answer: denied,
  },
]
