import { createRolloutLedger } from '@peergate/core'
import type {
  ClientIdentity,
  PeerGateErrorCode,
  RolloutLedger,
  RolloutLedgerOptions,
  RolloutMode,
} from '@peergate/core'
import type { LedgerEvent } from '#core/rollout/ledger-book.js'
import { createGateEvents } from '#core/telemetry/gate-events.js'
import type { FactsOf } from '#core/telemetry/gate-events.js'
import { describeCertificate } from '#core/tls/certificate-description.js'
import type { Test } from 'tap'
import { certificateFacts } from './certificate-facts.js'
import { noon } from './payments-gate.js'

/** A ledger of a gate of its own, with a window of 100 seconds, that hears what is told to it. */
export interface WatchedLedger {
  readonly ledger: RolloutLedger
  /** Lets time pass. */
  readonly wait: (seconds: number) => void
  readonly tell: (event: ToldEvent, mode?: RolloutMode) => void
}

type Told<Type extends LedgerEvent['type']> = FactsOf<Type> & { readonly type: Type }

type ToldEvent =
  | Told<'connection-accepted'>
  | Told<'connection-closed'>
  | Told<'handshake-refused'>
  | Told<'identity-accepted'>
  | Told<'identity-rejected'>
  | Told<'permission-denied'>

let gates = 0

export function watchLedger(t: Test, options: Partial<RolloutLedgerOptions> = {}): WatchedLedger {
  gates += 1
  const gate = options.tls?.name ?? `watched-${gates}`
  let now = noon
  const ledger = createRolloutLedger({ window: 100, gate, clock: () => now, ...options })
  t.teardown(() => ledger.stop())
  return {
    ledger,
    wait: (seconds) => void (now += seconds * 1000),
    tell: ({ type, ...facts }, mode = 'observe') =>
      createGateEvents(gate, mode).publish(type, () => facts as never),
  }
}

/** The fingerprint that consists of these two digits. */
export function fingerprintOf(digits: string): string {
  return Array.from({ length: 32 }, () => digits).join(':')
}

export const remoteAddress = '192.0.2.1'

const connection = {
  remoteAddress,
  servername: 'localhost',
  protocol: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  isResumed: false,
} as const

const request = {
  id: '1',
  traceId: null,
  route: 'GET /invoices/:id',
  remoteAddress,
} as const

const shown = (digits: string) =>
  describeCertificate(certificateFacts({ fingerprint256: fingerprintOf(digits) }))

/** Somebody of the set `payments`, below these CAs. */
export function accepted(
  authorities: readonly string[] = [fingerprintOf('CA')],
): Told<'connection-accepted'> {
  return {
    type: 'connection-accepted',
    layer: 'tls',
    connection,
    trustSet: 'payments',
    authorities,
    certificate: shown('AB'),
  }
}

/** A peer that only observing lets go on; without a certificate for null. */
export function refused(
  unverified: { readonly digits: string; readonly isOfConfiguredCa: boolean } | null,
  code: PeerGateErrorCode = 'ERR_PEERGATE_CERTIFICATE_UNTRUSTED',
  changes: Partial<FactsOf<'handshake-refused'>> = {},
): Told<'handshake-refused'> {
  return {
    type: 'handshake-refused',
    layer: 'tls',
    code,
    statusCode: 401,
    detail: null,
    isEnforced: false,
    connection,
    reason: null,
    unverified: unverified && {
      certificate: shown(unverified.digits),
      isOfConfiguredCa: unverified.isOfConfiguredCa,
    },
    ...changes,
  }
}

export const anonymous: Told<'handshake-refused'> = refused(
  null,
  'ERR_PEERGATE_CERTIFICATE_MISSING',
)
export const lapsed: Told<'handshake-refused'> = refused(
  { digits: 'AB', isOfConfiguredCa: true },
  'ERR_PEERGATE_CERTIFICATE_EXPIRED',
)
export const stranger: Told<'handshake-refused'> = refused({
  digits: 'EE',
  isOfConfiguredCa: false,
})

export const closed: Told<'connection-closed'> = {
  type: 'connection-closed',
  layer: 'tls',
  code: 'ERR_PEERGATE_CERTIFICATE_REVOKED',
  statusCode: 401,
  detail: null,
  isEnforced: true,
  connection,
  certificate: shown('AB'),
}

function identityOf(value: string): ClientIdentity {
  return {
    kind: 'spiffe',
    value,
    issuer: 'CN=Payments Client CA',
    serialNumber: 'C0FFEE01',
    fingerprint256: fingerprintOf('AB'),
    notBefore: noon,
    notAfter: noon,
    assurance: 'tls',
    source: 'socket',
    trustSet: 'payments',
  }
}

export const identified: Told<'identity-accepted'> = {
  type: 'identity-accepted',
  layer: 'identity',
  request,
  identity: identityOf('spiffe://prod.example/ns/payments/sa/worker'),
}

export function rejected(
  changes: Partial<FactsOf<'identity-rejected'>> = {},
): Told<'identity-rejected'> {
  return {
    type: 'identity-rejected',
    layer: 'identity',
    code: 'ERR_PEERGATE_IDENTITY_MISSING',
    statusCode: 403,
    detail: null,
    isEnforced: false,
    request,
    fingerprint256: fingerprintOf('AB'),
    unverified: null,
    policy: 'live',
    isFirst: true,
    ...changes,
  }
}

export function denied(
  value = 'spiffe://prod.example/ns/payments/sa/worker',
  changes: Partial<Omit<FactsOf<'permission-denied'>, 'request'>> & {
    readonly route?: string
  } = {},
): Told<'permission-denied'> {
  const { route = request.route, ...rest } = changes
  return {
    type: 'permission-denied',
    layer: 'authorization',
    code: 'ERR_PEERGATE_PERMISSION_DENIED',
    statusCode: 403,
    detail: null,
    isEnforced: false,
    request: { ...request, route },
    requirement: 'invoice:write',
    identity: identityOf(value),
    reason: 'not-granted',
    grant: null,
    policy: 'live',
    ...rest,
  }
}
