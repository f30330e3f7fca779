import type { X509Certificate } from 'node:crypto'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { openCertificate } from '../certificate/open-certificate.js'
import { PeerGateError } from '../errors.js'
import { loadClientCaSet } from './client-ca-set.js'
import type { ClientCaSet, ClientCaSetOptions } from './client-ca-set.js'
import { isIssuedBy } from './load-certificates.js'
import type { LoadedCertificate } from './load-certificates.js'
import type { Material } from './material.js'

/** The client CA sets by name, as a user writes them. */
export type ClientCasOptions = Readonly<
  Record<string, ClientCaSetOptions | Material | readonly Material[]>
>

/** The CAs that may have issued a client's certificate, by the name of their set. */
export interface ClientCas {
  readonly sets: readonly ClientCaSet[]
  /** One PEM text of all certificates, for OpenSSL. */
  readonly bundle: string
  /** Whether a chain may end at an intermediate, since no root is there for it. */
  readonly endsBelowRoots: boolean
  /** What this trust consists of, sorted: the same lines for the same trust. */
  readonly canonical: readonly string[]
  /**
   * Where a leaf belongs. Costs the check of a signature or more, once for one object.
   *
   * @throws {Error} where OpenSSL cannot read it
   */
  readonly findMembership: (leaf: { readonly der: Uint8Array }) => Membership
  /**
   * Refuses a leaf that is revoked, or whose set does not admit it. `isVerified` says that OpenSSL
   * built its chain from just these CAs; without that, a configured CA must have issued it.
   */
  readonly refuseUnadmitted: (peer: {
    readonly certificate: CertificateFacts
    readonly membership: Membership
    readonly isVerified: boolean
    /** Asked only where something is left that time can change. */
    readonly clock: () => number
  }) => void
}

/** The set and the configured CA that a leaf belongs to. */
export interface Membership {
  readonly set: ClientCaSet | null
  /** Null below an intermediate that is not configured. */
  readonly issuer: LoadedCertificate | null
}

/**
 * @param role where the options stand, as option errors write it: `clientCas`.
 * @throws {PeerGateError} what {@link loadClientCaSet} throws.
 */
export function loadClientCas(
  role: string,
  options: ClientCasOptions,
  rules: { readonly mayEndBelowRoots: boolean },
): ClientCas {
  const sets = Object.entries(options).map(([name, set]) =>
    loadClientCaSet({ role: `${role}.${name}`, name, ...rules }, set),
  )
  refuseIssuersBelowRoots(sets)
  const certificates = sets.flatMap(({ listed, path }) => [...listed, ...path])
  // Below a root that is path only, OpenSSL admits what no set does.
  const mustBeListed = sets.some(({ path }) => path.length > 0)
  const mayBeRevoked = sets.some(({ revocation }) => revocation !== null)
  return {
    sets,
    endsBelowRoots: sets.some((set) => set.endsBelowRoots),
    bundle: [...new Set(certificates.map(({ x509 }) => x509.toString()))].join(''),
    canonical: sets.flatMap(({ canonical }) => canonical).toSorted(),
    findMembership: rememberMembership(sets),
    refuseUnadmitted({ certificate, membership: { set, issuer }, isVerified, clock }) {
      if (issuer === null) {
        if (!isVerified || mustBeListed) throw untrusted('no configured CA issued it')
        if (mayBeRevoked && set === null) throw unknownRevocation()
      } else if (!isVerified) refuseLapsedIssuer(issuer, clock())
      set?.revocation?.refuseRevoked(certificate.serialNumber, issuer, clock())
    },
  }
}

/**
 * Where OpenSSL may end a chain below its root, it ends it at every certificate that it is given: what
 * the CAs above an issuer are constrained to would not be asked.
 */
function refuseIssuersBelowRoots(sets: readonly ClientCaSet[]): void {
  const rootless = sets.find(({ endsBelowRoots }) => endsBelowRoots)
  const withIssuers = sets.find(({ issuers }) => issuers.length > 0)
  if (rootless === undefined || withIssuers === undefined) return
  const fault = `${rootless.role} has an anchor without its root, so that no set of its host can have issuers, as ${withIssuers.role} has; name the root as path`
  throw new PeerGateError('ERR_PEERGATE_CLIENT_CA_INVALID', fault)
}

function rememberMembership(sets: readonly ClientCaSet[]): ClientCas['findMembership'] {
  const known = new WeakMap<object, Membership>()
  return (leaf) => {
    const membership = known.get(leaf) ?? findMembership(openCertificate(leaf.der), sets)
    known.set(leaf, membership)
    return membership
  }
}

function findMembership(leaf: X509Certificate, sets: readonly ClientCaSet[]): Membership {
  for (const set of sets) {
    const issuer = set.listed.find((ca) => isIssuedBy(leaf, ca))
    if (issuer !== undefined) return { set, issuer }
  }
  const [only = null] = sets.length === 1 ? sets : []
  return { set: only, issuer: null }
}

function refuseLapsedIssuer({ facts, place }: LoadedCertificate, now: number): void {
  if (now < facts.notBefore || now > facts.notAfter) throw untrusted(`${place} is not valid now`)
}

function untrusted(fault: string): PeerGateError {
  const detail = `the certificate is not trusted any more: ${fault}`
  return new PeerGateError('ERR_PEERGATE_CERTIFICATE_UNTRUSTED', detail)
}

function unknownRevocation(): PeerGateError {
  const fault =
    'the issuer of the certificate is not configured; name it among the issuers of its set'
  return new PeerGateError('ERR_PEERGATE_REVOCATION_UNKNOWN', fault)
}
