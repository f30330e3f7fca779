import { createPrivateKey } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { parsePem } from '@peergate/core/material'
import type { PemBlock } from '@peergate/core/material'
import { attempt } from '../certificate/attempt.js'
import { CouldNotRun } from '../output/exit-code.js'
import { chainProblems } from './chain-problems.js'
import { inspectCertificate } from './inspect-certificate.js'
import { inspectList } from './inspect-list.js'
import type { InspectedCertificate, InspectedFile, InspectedItem, Problem } from './inspection.js'

/**
 * What a file of PEM or DER is.
 *
 * @param now epoch milliseconds
 * @throws {CouldNotRun} where it cannot be read
 */
export function inspectFile(file: string, now: number): InspectedFile {
  const bytes = readBytes(file)
  const { blocks, problems } = bytes[0] === sequence ? openDer(bytes) : openPem(bytes, file)
  const items = blocks.map((block, at) => inspectBlock(block, `block ${at + 1} of ${file}`, now))
  const links = blocks.flatMap(({ der }, at) => {
    const item = items[at]
    return item?.type === 'certificate' ? [{ der, isAuthority: isAuthority(item) }] : []
  })
  return {
    file,
    holds: nameContent(items, links.length),
    items,
    problems: [...problems, ...chainProblems(links)],
  }
}

function isAuthority({ roles }: InspectedCertificate): boolean {
  return roles.some((role) => role === 'trust anchor' || role === 'intermediate')
}

/** The tag of every certificate and list in DER; no text begins with it but one with a zero. */
const sequence = 0x30

function readBytes(file: string): Buffer {
  try {
    const { size } = statSync(file)
    if (size > largest)
      throw new CouldNotRun(`${file} has ${size} bytes; at most ${largest} are read`)
    return readFileSync(file)
  } catch (error) {
    if (error instanceof CouldNotRun) throw error
    throw new CouldNotRun(`${file} could not be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** Four times the bundles of public authorities. */
const largest = 2 ** 20

interface Opened {
  readonly blocks: readonly PemBlock[]
  readonly problems: readonly Problem[]
}

function openPem(bytes: Buffer, file: string): Opened {
  const { value, refusal } = attempt(() => parsePem(bytes.toString('latin1'), file))
  if (refusal === null) return { blocks: value, problems: [] }
  const remedy = 'write it again as PEM (RFC 7468), or as DER'
  return { blocks: [], problems: [{ what: refusal.detail, remedy }] }
}

/** Which of the two it is, only reading tells. */
function openDer(der: Buffer): Opened {
  const isList = attempt(() => inspectList(der, 'the file', 0)).refusal === null
  const label = isList ? 'X509 CRL' : 'CERTIFICATE'
  return { blocks: [{ label, der }], problems: [] }
}

function inspectBlock({ label, der }: PemBlock, place: string, now: number): InspectedItem {
  const { value, refusal } = attempt(() => readBlock({ label, der }, place, now))
  if (refusal === null) return value
  const what = `it cannot be read: ${refusal.detail}`
  return { type: 'other', label, problems: [{ what, remedy: 'get it again from its issuer' }] }
}

function readBlock({ label, der }: PemBlock, place: string, now: number): InspectedItem {
  if (label === 'CERTIFICATE') return inspectCertificate(der, now)
  if (label === 'X509 CRL') return inspectList(der, place, now)
  if (label.endsWith('PRIVATE KEY')) return inspectKey(label, der)
  const what = 'it is neither a certificate nor a revocation list nor a key, and was not looked at'
  return {
    type: 'other',
    label,
    problems: [{ what, remedy: remedies.get(label) ?? 'take it out' }],
  }
}

const remedies: ReadonlyMap<string, string> = new Map([
  ['CERTIFICATE REQUEST', 'let a CA issue the certificate that it asks for'],
  ['TRUSTED CERTIFICATE', 'write it as others read it: openssl x509'],
])

/** An encrypted one is taken for what it says it is. */
function inspectKey(label: string, der: Uint8Array): InspectedItem {
  const isEncrypted = label.startsWith('ENCRYPTED')
  const problem = { what: 'it cannot be read', remedy: 'write it again as PKCS #8' }
  const problems = isEncrypted || isReadableKey(label, der) ? [] : [problem]
  return { type: 'private key', label, problems }
}

function isReadableKey(label: string, der: Uint8Array): boolean {
  const body = Buffer.from(der).toString('base64')
  try {
    createPrivateKey(`-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`)
    return true
  } catch {
    return false
  }
}

function nameContent(
  items: readonly InspectedItem[],
  certificates: number,
): InspectedFile['holds'] {
  const types = new Set(items.map(({ type }) => type))
  if (types.size > 1) return 'mixture'
  if (types.has('private key')) return 'private key'
  if (types.has('revocation list')) return 'revocation lists'
  if (!types.has('certificate')) return 'nothing readable'
  if (certificates === 1) return 'certificate'
  return items.every((item) => item.type === 'certificate' && item.identities.length === 0)
    ? 'authorities'
    : 'chain'
}
