import { judgeDemand } from '#cli/probe/judge-demand.js'
import type { Attempt, TlsVersion } from '#cli/probe/probe-report.js'
import type { HandshakeTrace } from '#cli/probe/read-trace.js'
import t from 'tap'

const refused: Attempt = {
  client: 'nobody',
  version: 'TLSv1.2',
  outcome: 'refused',
  layer: 'tls',
  status: null,
  code: null,
  cause: null,
  remedy: null,
}
const answered: Attempt = { ...refused, version: 'TLSv1.3', outcome: 'answered', layer: null }
const asked: HandshakeTrace = { isSpoken: true, isRequested: true, authorities: [] }
const versions: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']
const traces = (trace: HandshakeTrace) => new Map(versions.map((version) => [version, trace]))

t.test('a server demands what it demands over the version in which that is least', async (t) => {
  const optional = { clientCertificates: 'optional', refusesBy: null } as const
  t.strictSame(judgeDemand([refused, answered], traces(asked)), optional)
  t.strictSame(judgeDemand([answered, refused], traces(asked)), optional)
  const strict = { clientCertificates: 'strict', refusesBy: 'tls' } as const
  t.strictSame(judgeDemand([refused], traces(asked)), strict)
})

t.test('what nobody saw being asked for is not optional', async (t) => {
  const untraced = { ...asked, isRequested: null }
  const unknown = { clientCertificates: 'unknown', refusesBy: null } as const
  t.strictSame(judgeDemand([answered], traces(untraced)), unknown)
  t.strictSame(judgeDemand([{ ...refused, outcome: 'failed' }], traces(asked)), unknown)
})
