import { readFileSync } from 'node:fs'
import { parseCertificate } from '@peergate/core'
import { parsePem } from '@peergate/core/material'
import type { PemBlock } from '@peergate/core/material'
import { attempt } from '../certificate/attempt.js'
import { CouldNotRun } from '../output/exit-code.js'
import { chainProblems } from './chain-problems.js'
import { inspectCertificate, isAuthority } from './inspect-certificate.js'
import { inspectList } from './inspect-list.js'
import type { InspectedFile, InspectedItem, Problem } from './inspection.js'

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
  const links = blocks.flatMap(({ der }, at) =>
    items[at]?.type === 'certificate'
      ? [{ der, isAuthority: isAuthority(parseCertificate(der)) }]
      : [],
  )
  return {
    file,
    holds: nameContent(items, links.length),
    items,
    problems: [...problems, ...chainProblems(links)],
  }
}

/** The tag of every certificate and list in DER; no text begins with it but one with a zero. */
const sequence = 0x30

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new CouldNotRun(`${file} could not be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

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
  return { type: label.endsWith('PRIVATE KEY') ? 'private key' : 'other', label, problems: [] }
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
