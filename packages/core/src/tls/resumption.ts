import { constants, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import { isUint8Array } from 'node:util/types'
import * as z from 'zod'
import { lazily } from '../lazily.js'
import { optionError, strictOptions } from '../options.js'

/**
 * Lets clients resume their TLS sessions. A resumed session proves that its client made a full
 * handshake under the same trust, at most `maxAge` ago; OpenSSL does not verify the certificate
 * again (RFC 8446 §4.6.1).
 */
export interface ResumptionOptions {
  /**
   * For how long a session can be resumed, in whole seconds since its full handshake: 1 to 300, since
   * for this long the key of the session stands for the key of the certificate. Resuming does not
   * prolong it. The age is written into the ticket, so that processes with one `sharedSecret` accept
   * each other's sessions for as long as the process that issued them says.
   */
  readonly maxAge: number
  /**
   * At least 32 random bytes, the same in every process that shall resume the sessions of the others;
   * text stands for its UTF-8 bytes. Without it, each process has a random secret of its own.
   *
   * Whoever knows it can make the sessions of any client, and can read recorded connections of TLS
   * 1.2, so that it is to be guarded like the server's key, and processes that serve other clients
   * need another one. The ticket keys are HKDF-SHA256 of it (RFC 5869): 48 bytes, with the 64
   * lower-case hex digits of the trust epoch, as ASCII, for the salt and `peergate ticket keys v1`
   * for the info.
   */
  readonly sharedSecret?: string | Uint8Array
}

/** Whether and how the servers of one TLS gate resume sessions. */
export interface Resumption {
  /** What a server's context needs for sessions to end with the trust that they were made under. */
  readonly sessionOptions: (epoch: string) => SessionOptions
}

/** The ticket keys are secret, and mutable as every buffer: for `setSecureContext` only. */
export interface SessionOptions extends Pick<TlsOptions, 'sessionTimeout' | 'ticketKeys'> {
  readonly secureOptions: number
  readonly sessionIdContext: string
}

/**
 * Decides about resumption; without options there is none.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where hosts have client CAs of their own, and
 * this version of Node would resume a session of one host at another or TLS 1.2 is accepted
 */
export function createResumption(
  options: ResumptionOptions | undefined,
  hosts: {
    readonly haveOwnCas: boolean
    readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
    readonly nodeVersion?: string
  },
): Resumption {
  if (options === undefined) return noResumption
  if (hosts.haveOwnCas) {
    refuseCrossHostNode(hosts.nodeVersion ?? process.versions.node)
    refuseNamelessVersion(hosts.minVersion)
  }
  const { maxAge } = options
  const secret = secretKeyOf(options.sharedSecret ?? randomBytes(secretLength))
  return Object.freeze({
    sessionOptions: (epoch: string) => ({
      secureOptions: 0,
      sessionIdContext: sessionIdContextOf(epoch),
      sessionTimeout: maxAge,
      // Node keeps the ticket keys that it was once given, so that every context needs its own.
      ticketKeys: Buffer.from(hkdfSync('sha256', secret, epoch, 'peergate ticket keys v1', 48)),
    }),
  })
}

const noResumption: Resumption = Object.freeze({
  sessionOptions: (epoch: string) => ({
    secureOptions: constants.SSL_OP_NO_TICKET,
    // Should anybody ever share ticket keys, a session still belongs to the trust it was made under.
    sessionIdContext: sessionIdContextOf(epoch),
  }),
})

export const resumptionSchema: () => z.ZodType<ResumptionOptions> = lazily(() =>
  strictOptions({
    maxAge: z
      .number()
      .refine(
        (seconds) => Number.isInteger(seconds) && 1 <= seconds && seconds <= 300,
        'must be a whole number of seconds, 1 to 300',
      ),
    // An undefined secret is one that could not be found, not one that nobody wants to share.
    sharedSecret: z
      .custom<string | Uint8Array>(isSharedSecret, 'must be text or bytes, at least 32 bytes long')
      .exactOptional(),
  }),
)

const secretLength = 32

function isSharedSecret(value: unknown): boolean {
  if (typeof value === 'string') return Buffer.byteLength(value) >= secretLength
  return isUint8Array(value) && value.byteLength >= secretLength
}

/** A key of its own, which neither follows the caller's bytes nor shows in a log. */
function secretKeyOf(secret: string | Uint8Array): KeyObject {
  return typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(secret)
}

/** OpenSSL takes up to 32 bytes. */
function sessionIdContextOf(epoch: string): string {
  return epoch.slice(0, 32)
}

/**
 * Older versions of Node resume before they look at the server name: a session that the client CAs
 * of one host admitted would be taken at every other.
 */
function refuseCrossHostNode(version: string): void {
  const [major = NaN, minor = NaN, patch = NaN] = version.split('.').map(Number)
  const since = firstFixed.get(major) ?? { minor: Infinity, patch: 0 }
  const isFixed = minor > since.minor || (minor === since.minor && patch >= since.patch)
  if (major > newestLine || isFixed) return
  const fault = `option "resumption" with client CAs per host needs Node 22.23.0, 24.17.0, 26.3.1 or newer; ${version} resumes a session of one host at another`
  throw optionError('createTlsGate', fault)
}

/** Node does not know the server name of a session of TLS 1.2 that was resumed (nodejs/node#57175). */
function refuseNamelessVersion(minVersion: string): void {
  if (minVersion === 'TLSv1.3') return
  const fault = `option "resumption" with client CAs per host needs minVersion "TLSv1.3"; a resumed session of ${minVersion} does not say which host it is for`
  throw optionError('createTlsGate', fault)
}

const newestLine = 26

const firstFixed: ReadonlyMap<number, { readonly minor: number; readonly patch: number }> = new Map(
  [
    [22, { minor: 23, patch: 0 }],
    [24, { minor: 17, patch: 0 }],
    [newestLine, { minor: 3, patch: 1 }],
  ],
)
