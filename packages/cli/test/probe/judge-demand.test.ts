import { judgeDemand } from '#cli/probe/judge-demand.js'
import type { Attempt, TlsVersion } from '#cli/probe/probe-report.js'
import type { HandshakeTrace } from '#cli/probe/read-trace.js'
import t from 'tap'
import { answered } from '../support/answered.js'

const refused: Attempt = {
  ...answered,
  version: 'TLSv1.2',
  outcome: 'refused',
  layer: 'tls',
  status: null,
}
const asked: HandshakeTrace = { isSpoken: true, isRequested: true, authorities: [] }
const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']
const traces = (trace: HandshakeTrace) => new Map(versions.map((version) => [version, trace]))

const optional = { clientCertificates: 'optional', refusesBy: null } as const
const strict = { clientCertificates: 'strict', refusesBy: 'tls' } as const
const unknown = { clientCertificates: 'unknown', refusesBy: null } as const
const demanded: Attempt = { ...refused, code: 'certificate_required' }

t.test('a server demands what it demands over the version in which that is least', async (t) => {
  t.strictSame(judgeDemand([demanded, answered], traces(asked)), optional)
  t.strictSame(judgeDemand([answered, demanded], traces(asked)), optional)
  t.strictSame(judgeDemand([demanded], traces(asked)), strict)
  t.strictSame(judgeDemand([], traces(asked)), unknown)
})

t.test(
  'that a connection was closed says something where one with a certificate is answered',
  async (t) => {
    const closed: Attempt = { ...refused, code: 'ECONNRESET' }
    t.strictSame(judgeDemand([closed], traces(asked)), unknown)
    const own: Attempt = { ...answered, client: 'own', version: 'TLSv1.2' }
    t.strictSame(judgeDemand([closed, own], traces(asked)), strict)
    t.strictSame(judgeDemand([closed, { ...own, version: 'TLSv1.3' }], traces(asked)), unknown)
    t.strictSame(judgeDemand([closed, own], traces({ ...asked, isRequested: null })), unknown)
  },
)

t.test(
  'what nobody saw being asked for is not optional, and what nobody was refused is not off',
  async (t) => {
    t.strictSame(judgeDemand([answered], traces({ ...asked, isRequested: null })), unknown)
    t.strictSame(judgeDemand([{ ...refused, outcome: 'failed' }], traces(asked)), unknown)
    t.strictSame(judgeDemand([demanded], traces({ ...asked, isRequested: false })), unknown)
    t.match(judgeDemand([answered], traces({ ...asked, isRequested: false })), {
      clientCertificates: 'off',
    })
  },
)
