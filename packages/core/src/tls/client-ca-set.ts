import type { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { isUint8Array } from 'node:util/types'
import * as z from 'zod'
import type { CertificateFacts } from '../certificate/certificate-facts.js'
import { formatDistinguishedName } from '../certificate/format-distinguished-name.js'
import { PeerGateError } from '../errors.js'
import { lazily } from '../lazily.js'
import { schemaBy, strictOptions } from '../options.js'
import { isIssuedBy, loadCertificates } from './load-certificates.js'
import type { LoadedCertificate } from './load-certificates.js'
import { materialSchema, withRoles } from './material.js'
import type { Material } from './material.js'
import { loadRevocation } from './revocation.js'
import type { Revocation } from './revocation.js'
import { revocationSchema } from './revocation-options.js'
import type { RevocationOptions } from './revocation-options.js'

/** One set of client CAs, in full; `clientCas: { payments: 'payments-ca.pem' }` means its anchors. */
export interface ClientCaSetOptions {
  /** The CAs at which a chain may end. Below an intermediate named here, only its own leaves count. */
  readonly anchors: Material | readonly Material[]
  /**
   * The intermediates that issue leaves below the anchors. Name them where there are several sets, or
   * where live connections must survive a change of trust: what a client sends along is not kept.
   */
  readonly issuers?: Material | readonly Material[]
  /**
   * The certificates that lead from an intermediate among the anchors to its root, for OpenSSL, which
   * ends every chain of a server at a root. They admit nobody: where a set has a path, a peer of any
   * set must have been issued by an anchor or issuer.
   */
  readonly path?: Material | readonly Material[]
  readonly revocation?: RevocationOptions
  /**
   * That these CAs issue the certificates of servers too, this one's among them. Without it, the
   * issuer of the server's certificate is an error here: it would be the wrong file. With it, the
   * extended key usage alone tells a server from a client.
   */
  readonly alsoIssuesServers?: boolean
}

/** A set that was read and checked. */
export interface ClientCaSet {
  readonly name: string
  /** Where its options stand, as option errors write it: `clientCas.payments`. */
  readonly role: string
  readonly alsoIssuesServers: boolean
  /** Whether an anchor is an intermediate whose root is not there. */
  readonly endsBelowRoots: boolean
  /** The anchors and issuers: whoever of these signed a leaf puts it into this set. */
  readonly listed: readonly LoadedCertificate[]
  readonly issuers: readonly LoadedCertificate[]
  readonly path: readonly LoadedCertificate[]
  readonly revocation: Revocation | null
  /** What the set trusts, one line each, however its files are written. */
  readonly canonical: readonly string[]
}

const materialsSchema = lazily<z.ZodType<Material | readonly Material[]>>(() =>
  z.union([materialSchema(), z.array(materialSchema()).min(1, 'must hold at least one CA')], {
    error: 'must be the path of a file, PEM text, bytes of PEM, or a list of these',
  }),
)

const fullSchema = lazily<z.ZodType<ClientCaSetOptions>>(() =>
  strictOptions({
    anchors: materialsSchema(),
    issuers: materialsSchema().exactOptional(),
    path: materialsSchema().exactOptional(),
    revocation: revocationSchema().exactOptional(),
    alsoIssuesServers: z.boolean().exactOptional(),
  }),
)

type WrittenSet = ClientCaSetOptions | Material | readonly Material[]

/** A set is written in full, or as its anchors alone. */
export const clientCaSetSchema: () => z.ZodType<WrittenSet> = lazily(() =>
  schemaBy<WrittenSet>((value) => (isWrittenInFull(value) ? fullSchema() : materialsSchema())),
)

function isWrittenInFull(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !isMaterials(value)
}

/**
 * Reads a set and refuses whatever OpenSSL would take in silence: a set without a CA, a block that
 * does not parse, a certificate that is not a CA, a set in which no CA is valid now. A single expired
 * CA is a process warning with the code `PEERGATE_CLIENT_CA_EXPIRED`.
 *
 * @throws {PeerGateError} ERR_PEERGATE_CLIENT_CA_INVALID, ERR_PEERGATE_REVOCATION_LIST_INVALID,
 * ERR_PEERGATE_PEM_INVALID or ERR_PEERGATE_FILE_UNREADABLE
 */
export function loadClientCaSet(rules: SetRules, options: WrittenSet): ClientCaSet {
  const { role } = rules
  if (isMaterials(options)) return createSet(rules, { anchors: loadCas(role, options) })
  const { anchors, issuers = [], path = [], ...rest } = options
  return createSet(rules, {
    anchors: loadCas(`${role}.anchors`, anchors),
    issuers: loadCas(`${role}.issuers`, issuers),
    path: loadCas(`${role}.path`, path),
    ...rest,
  })
}

interface SetRules {
  readonly role: string
  readonly name: string
  /** Whether OpenSSL can be told to end chains at an intermediate. */
  readonly mayEndBelowRoots: boolean
}

function createSet(
  { role, name, mayEndBelowRoots }: SetRules,
  parts: Pick<ClientCaSetOptions, 'alsoIssuesServers' | 'revocation'> & {
    readonly anchors: readonly LoadedCertificate[]
    readonly issuers?: readonly LoadedCertificate[]
    readonly path?: readonly LoadedCertificate[]
  },
): ClientCaSet {
  const { anchors, issuers = [], path = [], alsoIssuesServers = false } = parts
  refuseLapsed(role, anchors)
  for (const issuer of issuers) refuseStray(issuer, [...anchors, ...issuers])
  const rootless = findRootless([...anchors, ...path])
  if (rootless !== undefined && !mayEndBelowRoots) throw rootlessError(rootless)
  const listed = [...anchors, ...issuers]
  const revocation =
    parts.revocation === undefined
      ? null
      : loadRevocation(`${role}.revocation`, parts.revocation, listed)
  const canonical = [
    ...anchors.map(({ facts }) => `anchor ${facts.fingerprint256}`),
    ...issuers.map(({ facts }) => `issuer ${facts.fingerprint256}`),
    ...path.map(({ facts }) => `path ${facts.fingerprint256}`),
    ...(revocation === null ? [] : [`revocation ${revocation.canonical}`]),
  ].map((line) => `${JSON.stringify(name)} ${line}`)
  const endsBelowRoots = rootless !== undefined
  return {
    name,
    role,
    listed,
    issuers,
    path,
    alsoIssuesServers,
    endsBelowRoots,
    revocation,
    canonical,
  }
}

/** Whether a set is written as its anchors alone. */
export function isMaterials(value: object | string): value is Material | readonly Material[] {
  return typeof value === 'string' || isUint8Array(value) || Array.isArray(value)
}

function loadCas(
  role: string,
  materials: Material | readonly Material[],
): readonly LoadedCertificate[] {
  const cas = withRoles(role, materials).flatMap(([each, material]) =>
    loadCertificates(each, material, 'ERR_PEERGATE_CLIENT_CA_INVALID'),
  )
  for (const { place, facts, x509 } of cas) {
    refuseLeaf(place, facts)
    refusePublicRoot(place, x509)
  }
  return cas
}

function refuseLeaf(place: string, { basicConstraints, keyUsage }: CertificateFacts): void {
  if (basicConstraints?.ca !== true) throw invalid(`${place} is not a CA (basicConstraints)`)
  if (keyUsage?.includes('keyCertSign') === false) {
    throw invalid(`${place} may not sign certificates (keyUsage)`)
  }
}

/** Whoever can buy a certificate would be a client. */
function refusePublicRoot(place: string, x509: X509Certificate): void {
  if (!publicRoots().has(foldPem(x509.toString()))) return
  throw invalid(`${place} is a public root, as in the bundle of Node; name your own CA`)
}

let knownRoots: ReadonlySet<string> | undefined

function publicRoots(): ReadonlySet<string> {
  knownRoots ??= new Set(rootCertificates.map(foldPem))
  return knownRoots
}

function foldPem(pem: string): string {
  return pem.replaceAll(/\s/gu, '')
}

function refuseLapsed(role: string, anchors: readonly LoadedCertificate[]): void {
  const now = Date.now()
  if (!anchors.some(({ facts }) => facts.notBefore <= now && now <= facts.notAfter)) {
    throw invalid(`${role} holds no CA that is valid now; renew it`)
  }
  for (const { place, facts } of anchors) if (now > facts.notAfter) warnOfExpired(place, facts)
}

/** An issuer that no anchor leads to would admit what OpenSSL cannot verify. */
function refuseStray(issuer: LoadedCertificate, cas: readonly LoadedCertificate[]): void {
  if (cas.some((ca) => ca !== issuer && isIssuedBy(issuer.x509, ca))) return
  throw invalid(`${issuer.place} was not issued by a CA of its set; name its issuer, or drop it`)
}

function findRootless(cas: readonly LoadedCertificate[]): LoadedCertificate | undefined {
  return cas.find(({ x509 }) => !cas.some((ca) => isIssuedBy(x509, ca)))
}

/** OpenSSL ends the chains of a server's clients at a root, and asks for it by refusing everybody. */
function rootlessError({ place }: LoadedCertificate): PeerGateError {
  return invalid(
    `${place} is an intermediate; name the CAs up to its root as path, or serve it as one of hosts`,
  )
}

function warnOfExpired(place: string, { subject, notAfter }: CertificateFacts): void {
  const name = formatDistinguishedName(subject)
  const time = new Date(notAfter).toISOString()
  process.emitWarning(`${place}: the CA ${name} expired on ${time}; remove or renew it`, {
    type: 'PeergateWarning',
    code: 'PEERGATE_CLIENT_CA_EXPIRED',
  })
}

function invalid(fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_CLIENT_CA_INVALID', fault)
}
