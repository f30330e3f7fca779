import type { PeerGateErrorCode } from '@peergate/core'

/** One caller of the payments API: what it brings, what it asks for, and what should come of it. */
export interface Client {
  readonly name: string
  /** The role of its certificate in `certs/`; null for a client without one. */
  readonly certificate: string | null
  /** The role of its key, where that is not the certificate's. */
  readonly key?: string
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly expected: {
    readonly layer: 'tls' | 'http'
    readonly status: number | null
    readonly code: PeerGateErrorCode | null
  }
}

const readInvoice = { method: 'GET', path: '/invoices/42' } as const
const reindex = { method: 'POST', path: '/admin/reindex' } as const

function answered(status: number, code: PeerGateErrorCode | null = null): Client['expected'] {
  return { layer: 'http', status, code }
}

function refused(code: PeerGateErrorCode | null): Client['expected'] {
  return { layer: 'tls', status: null, code }
}

export const clients: readonly Client[] = [
  {
    name: 'payments worker',
    certificate: 'payments-worker',
    ...readInvoice,
    expected: answered(200),
  },
  {
    name: 'worker below an intermediate',
    certificate: 'payments-intermediate-worker',
    ...readInvoice,
    expected: answered(200),
  },
  {
    name: 'worker beyond its permission',
    certificate: 'payments-worker',
    ...reindex,
    expected: answered(403, 'ERR_PEERGATE_PERMISSION_DENIED'),
  },
  {
    name: 'batch client',
    certificate: 'batch-reindexer',
    ...reindex,
    expected: answered(200),
  },
  {
    name: 'worker with a forged header',
    certificate: 'payments-worker',
    ...reindex,
    headers: {
      'x-forwarded-client-cert':
        'By=spiffe://prod.example/ns/edge/sa/proxy;URI=spiffe://prod.example/ns/batch/sa/reindexer',
    },
    expected: answered(403, 'ERR_PEERGATE_PERMISSION_DENIED'),
  },
  {
    name: 'certificate without SPIFFE ID',
    certificate: 'dns-worker',
    ...readInvoice,
    expected: answered(403, 'ERR_PEERGATE_IDENTITY_MISSING'),
  },
  {
    name: 'no certificate',
    certificate: null,
    ...readInvoice,
    expected: refused('ERR_PEERGATE_CERTIFICATE_MISSING'),
  },
  {
    name: 'rogue CA of the same name',
    certificate: 'rogue-worker',
    ...readInvoice,
    expected: refused('ERR_PEERGATE_CERTIFICATE_UNTRUSTED'),
  },
  {
    name: 'expired certificate',
    certificate: 'expired-worker',
    ...readInvoice,
    expected: refused('ERR_PEERGATE_CERTIFICATE_EXPIRED'),
  },
  {
    name: 'certificate not valid yet',
    certificate: 'future-worker',
    ...readInvoice,
    expected: refused('ERR_PEERGATE_CERTIFICATE_NOT_YET_VALID'),
  },
  {
    name: 'certificate for servers',
    certificate: 'server-only-worker',
    ...readInvoice,
    expected: refused('ERR_PEERGATE_CERTIFICATE_PURPOSE_WRONG'),
  },
  {
    name: 'missing intermediate',
    certificate: 'payments-worker-without-intermediate',
    ...readInvoice,
    expected: refused('ERR_PEERGATE_CERTIFICATE_UNTRUSTED'),
  },
  {
    name: 'key of another certificate',
    certificate: 'payments-worker',
    key: 'batch-reindexer',
    ...readInvoice,
    expected: refused(null),
  },
]
