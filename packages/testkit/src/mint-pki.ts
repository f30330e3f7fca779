import { optionError, unknownName } from '@peergate/core/options'
import {
  authorityExtensions,
  generateKeys,
  issueCertificate,
  keyIdentifier,
  leafExtensions,
  privateKeyPem,
} from './issue-certificate.js'
import type { Principal } from './issue-certificate.js'
import { issueRevocationList, revocationListPem } from './issue-revocation-list.js'
import {
  parseLeaf,
  parsePkiDeclaration,
  parseRevocationListRequest,
} from './parse-pki-declaration.js'
import type {
  ParsedAuthority,
  ParsedLeaf,
  ParsedRevocationList,
  ParsedValidity,
} from './parse-pki-declaration.js'
import type { LeafRequest, PkiDeclaration, RevocationListRequest } from './pki-declaration.js'
import type { X509Certificate } from './x509.js'

export interface MintPkiOptions {
  /** The time in milliseconds since 1970 from which every validity counts; `Date.now` by default. */
  readonly now?: () => number
}

/** A PKI in memory. The private keys of its authorities never leave it. */
export interface Pki {
  /**
   * The certificate of the authority with this role.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where no authority has the role.
   */
  authority(role: string): MintedCertificate
  /**
   * The certificate and the key of the leaf with this role.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID where no leaf has the role.
   */
  leaf(role: string): MintedLeaf
  /**
   * Mints one more leaf, whose validity counts from this call.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of the request.
   */
  issue(leaf: LeafRequest): Promise<MintedLeaf>
  /**
   * Issues a complete revocation list, whose times count from this call.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of the request.
   * @example
   * ```ts
   * const { serialNumber } = pki.leaf('worker')
   * const list = await pki.revocationList({ issuer: 'payments-ca', serialNumbers: [serialNumber] })
   * ```
   */
  revocationList(list: RevocationListRequest): Promise<MintedRevocationList>
}

export interface MintedCertificate {
  /** PEM text: the certificate, and after a leaf the intermediates that it is declared to bring. */
  readonly certificate: string
  /** The certificate alone, in DER. */
  readonly der: Uint8Array
  /** Upper-case hexadecimal, as Node's `X509Certificate` writes it. */
  readonly serialNumber: string
  readonly notBefore: Date
  readonly notAfter: Date
}

export interface MintedLeaf extends MintedCertificate {
  /** The private key as PEM text in PKCS #8. */
  readonly key: string
}

export interface MintedRevocationList {
  /** PEM text. */
  readonly pem: string
  readonly der: Uint8Array
}

/**
 * Mints every certificate of a declaration, in memory.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of the declaration.
 * @example
 * ```ts
 * const pki = await mintPki({
 *   authorities: {
 *     'payments-ca': { purpose: 'Signs the clients of payments.', subject: 'CN=Payments CA' },
 *   },
 *   leaves: {
 *     worker: {
 *       purpose: 'An ordinary client.',
 *       issuer: 'payments-ca',
 *       subject: 'CN=worker',
 *       usage: 'client',
 *       uri: ['spiffe://prod.example/ns/payments/sa/worker'],
 *     },
 *   },
 * })
 * const { certificate, key } = pki.leaf('worker')
 * ```
 */
export async function mintPki(
  declaration: PkiDeclaration,
  { now = Date.now }: MintPkiOptions = {},
): Promise<Pki> {
  const parsed = parsePkiDeclaration(declaration)
  const mintedAt = now()
  const authorities = await mintAuthorities(parsed.authorities, mintedAt)
  const leaves = await mapValues(parsed.leaves, async (leaf) =>
    mintLeaf(leaf, authorities, mintedAt),
  )
  return {
    authority: (role) => find('authority', authorities, role).minted,
    leaf: (role) => find('leaf', leaves, role),
    issue: async (leaf) => mintLeaf(parseLeaf('pki.issue', leaf, authorities), authorities, now()),
    revocationList: async (list) =>
      mintRevocationList(
        parseRevocationListRequest('pki.revocationList', list, authorities),
        authorities,
        now(),
      ),
  }
}

interface Authority {
  /** The role that signed this one; a root's own. */
  readonly issuer: string
  readonly principal: Principal
  readonly minted: MintedCertificate
}

async function mintAuthorities(
  declared: ReadonlyMap<string, ParsedAuthority>,
  mintedAt: number,
): Promise<ReadonlyMap<string, Authority>> {
  const keyPairs = await mapValues(declared, async ({ keys }) => generateKeys(keys))
  const principals = await mapValues(declared, async ({ subject, keyIdentifierOf }, role) => ({
    subject,
    keys: find('authority', keyPairs, role),
    keyIdentifier: await keyIdentifier(find('authority', keyPairs, keyIdentifierOf)),
  }))
  return mapValues(declared, async ({ issuer, validity }, role) => {
    const principal = find('authority', principals, role)
    const certificate = await issueCertificate({
      issuer: find('authority', principals, issuer),
      holder: principal,
      extensions: authorityExtensions(),
      ...period(validity, mintedAt),
    })
    return { issuer, principal, minted: mintedCertificate(certificate) }
  })
}

async function mintLeaf(
  leaf: ParsedLeaf,
  authorities: ReadonlyMap<string, Authority>,
  mintedAt: number,
): Promise<MintedLeaf> {
  const keys = await generateKeys(leaf.keys)
  const certificate = await issueCertificate({
    issuer: find('authority', authorities, leaf.issuer).principal,
    holder: { subject: leaf.subject, keys, keyIdentifier: await keyIdentifier(keys) },
    extensions: leafExtensions(leaf),
    ...period(leaf.validity, mintedAt),
  })
  const minted = mintedCertificate(certificate)
  const chain = leaf.chain ? intermediates(leaf.issuer, authorities) : []
  return {
    ...minted,
    certificate: [minted, ...chain].map((each) => each.certificate).join(''),
    key: privateKeyPem(keys),
  }
}

async function mintRevocationList(
  { issuer, serialNumbers, thisUpdate, nextUpdate }: ParsedRevocationList,
  authorities: ReadonlyMap<string, Authority>,
  mintedAt: number,
): Promise<MintedRevocationList> {
  const list = await issueRevocationList({
    issuer: find('authority', authorities, issuer).principal,
    serialNumbers,
    thisUpdate: new Date(mintedAt + thisUpdate),
    nextUpdate: new Date(mintedAt + nextUpdate),
  })
  return { pem: revocationListPem(list), der: new Uint8Array(list.rawData) }
}

/** The certificates from this authority up to its root, which every peer has to know already. */
function intermediates(
  role: string,
  authorities: ReadonlyMap<string, Authority>,
): readonly MintedCertificate[] {
  const { issuer, minted } = find('authority', authorities, role)
  return issuer === role ? [] : [minted, ...intermediates(issuer, authorities)]
}

function mintedCertificate(certificate: X509Certificate): MintedCertificate {
  const { notBefore, notAfter, serialNumber } = certificate
  return {
    certificate: `${certificate.toString('pem')}\n`,
    der: new Uint8Array(certificate.rawData),
    serialNumber: serialNumber.toUpperCase(),
    notBefore,
    notAfter,
  }
}

function period(
  { from, to }: ParsedValidity,
  mintedAt: number,
): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(mintedAt + from), notAfter: new Date(mintedAt + to) }
}

function find<Value>(noun: string, known: ReadonlyMap<string, Value>, role: string): Value {
  const value = known.get(role)
  if (value !== undefined) return value
  throw optionError(`pki.${noun}`, unknownName(noun, role, known.keys()))
}

async function mapValues<From, To>(
  values: ReadonlyMap<string, From>,
  change: (value: From, key: string) => Promise<To>,
): Promise<ReadonlyMap<string, To>> {
  return new Map(
    await Promise.all(
      [...values].map(async ([key, value]) => [key, await change(value, key)] as const),
    ),
  )
}
