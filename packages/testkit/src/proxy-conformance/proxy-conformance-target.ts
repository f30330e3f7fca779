import { Server } from 'node:net'
import { optionError, parseOptions, strictOptions } from '@peergate/core/options'
import * as z from 'zod'
import type { ClientKind } from '../connection/client-kinds.js'
import type { TestPki } from '../connection/test-pki.js'

/** A proxy that runs, the backend behind it, and what they are asked. */
export interface ProxyConformanceTarget {
  /** The port that the proxy listens on with TLS, with the server certificate of the PKI. */
  readonly port: number
  /** `127.0.0.1` by default. */
  readonly address?: string
  /** The server behind the proxy, of `http`, `https` or a framework, which listens already. */
  readonly backend: Server
  /** The headers in which the proxy tells the backend who its client is, such as `X-SSL-Client-Cert`. */
  readonly headers: readonly string[]
  /** The PKI that the proxy was given. */
  readonly pki: Pick<TestPki, 'client' | 'issueClient'>
  /** A name for each virtual host that leads to the backend; `localhost` by default. */
  readonly hosts?: readonly string[]
  /** A path in each location that leads to the backend and needs an identity; `/` by default. */
  readonly paths?: readonly string[]
  /** What the backend answers an accepted client; 200 by default. */
  readonly status?: number
  /** How long an answer may take, in seconds, until it is none; 10 by default. */
  readonly timeout?: number
  /** Whom the proxy, or the backend at the latest, has to refuse. */
  readonly refused?: readonly ClientKind[]
}

/** Whom every TLS library refuses that verifies anything, where no revocation list is configured. */
const strangers: readonly ClientKind[] = [
  'none',
  'expired',
  'not-yet-valid',
  'wrong-ca',
  'rogue-ca',
]

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function parseTarget({ backend, pki, ...options }: ProxyConformanceTarget): ParsedTarget {
  if (!(backend instanceof Server)) {
    throw optionError(
      'proxyConformance',
      'option "backend" must be a server of node:http or node:https',
    )
  }
  const parsed = parseOptions('proxyConformance', targetSchema, options)
  return { ...parsed, refused: options.refused ?? strangers, backend, pki }
}

export type ParsedTarget = Required<ProxyConformanceTarget>

const someTexts = z.array(z.string()).min(1, 'must name at least one')

const targetSchema = strictOptions({
  port: z.number().int().min(1).max(65_535),
  address: z.string().default('127.0.0.1'),
  headers: someTexts,
  hosts: someTexts.default(['localhost']),
  paths: someTexts.default(['/']),
  status: z.number().default(200),
  timeout: z.number().positive('must be positive').default(10),
  refused: someTexts.exactOptional(),
})
