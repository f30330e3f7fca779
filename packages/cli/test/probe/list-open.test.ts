import { listOpen } from '#cli/probe/list-open.js'
import type { Attempt, ProbeReport } from '#cli/probe/probe-report.js'
import { findFaults } from '#cli/probe/find-faults.js'
import t from 'tap'
import { answered as nobodyAnswered } from '../support/answered.js'

const answered: Attempt = { ...nobodyAnswered, client: 'own' }

const report: Omit<ProbeReport, 'findings' | 'open'> = {
  url: 'https://localhost:8443/',
  server: { subject: 'CN=localhost', notAfter: '2027-01-01T00:00:00.000Z' },
  versions: ['TLSv1.3'],
  clientCertificates: 'strict',
  refusesBy: 'tls',
  clientCas: [],
  publicRoots: 0,
  attempts: [answered],
  resumption: [],
  forgedHeaders: null,
}

t.test('leaves nothing open where everything was seen', async (t) => {
  t.strictSame(listOpen(report, { forged: null }), [])
  const forgedHeaders = {
    client: 'own',
    status: 200,
    forgedStatus: 200,
    effect: 'unchanged',
  } as const
  t.strictSame(listOpen({ ...report, forgedHeaders }, { forged: {} }), [])
})

t.test('says what was to be found out and could not be', async (t) => {
  const failed: Attempt = { ...answered, outcome: 'failed' }
  const forgedHeaders = {
    client: 'own',
    status: 200,
    forgedStatus: null,
    effect: 'unknown',
  } as const
  const left = {
    ...report,
    server: null,
    clientCertificates: 'unknown',
    attempts: [failed, { ...failed, client: 'nobody' }, { ...failed, version: 'TLSv1.2' }],
    resumption: [
      { version: 'TLSv1.3', client: 'own', offered: true, resumed: false, status: null },
    ],
    forgedHeaders,
  } as const
  t.strictSame(listOpen(left, { forged: {} }), [
    'who the server is, since no handshake got that far',
    'whether the server demands certificates',
    'what becomes of yourself',
    'what becomes of no one',
    'what a resumed session admits',
    'whether forged headers are believed',
  ])
  t.strictSame(listOpen(report, { forged: {} }), ['whether forged headers are believed'])
})

t.test('whoever is let in over a version that asks nobody is no finding of its own', async (t) => {
  const off = {
    ...report,
    clientCertificates: 'off',
    attempts: [{ ...answered, client: 'stranger' }],
  } as const
  t.match(findFaults(off, new Set(['TLSv1.3'])), [{ code: 'certificates-not-requested' }])
  t.match(findFaults(off, new Set(['TLSv1.2'])), [{}, { code: 'stranger-answered' }])
})
