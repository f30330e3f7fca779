import { parseDistinguishedName } from '@peergate/core/material'
import { nameOf, nameOfLine } from './authority-name.js'
import type { AuthorityName } from './authority-name.js'

/** What a handshake says that no API of Node does. Null is for what cannot be read. */
export interface HandshakeTrace {
  /** Whether the server went on in this version. */
  readonly isSpoken: boolean | null
  /** Whether it asked for a certificate. */
  readonly isRequested: boolean | null
  /** The CAs that it names as acceptable; empty where it names none (RFC 8446 §4.2.4, RFC 5246 §7.4.4). */
  readonly authorities: readonly AuthorityName[] | null
}

/** Reads what OpenSSL’s `SSL_trace` prints; whatever is not as it is known is null. */
export function readTrace(text: string): HandshakeTrace {
  if (!/^ +ClientHello, Length=\d+$/mu.test(text)) return notKnown
  if (!serverHello.test(text)) {
    return { isSpoken: false, isRequested: null, authorities: null }
  }
  const [, message] = text.split(/^ +CertificateRequest, Length=\d+$/mu)
  if (message === undefined) {
    // What was cut off may have asked for one.
    const isComplete = flightEnd.test(text.slice(text.search(serverHello)))
    return {
      isSpoken: true,
      isRequested: isComplete ? false : null,
      authorities: isComplete ? [] : null,
    }
  }
  const [record = ''] = message.split(/^(?:Received|Sent) /mu)
  return { isSpoken: true, isRequested: true, authorities: readAuthorities(record) }
}

const serverHello = /^ +ServerHello, Length=\d+$/mu

/** The last message of the server before the client’s: in TLS 1.2, and in TLS 1.3. */
const flightEnd = /^ +(?:ServerHelloDone|Finished), Length=\d+$/mu

const notKnown: HandshakeTrace = { isSpoken: null, isRequested: null, authorities: null }

function readAuthorities(record: string): readonly AuthorityName[] | null {
  const [, length, dump] =
    /^ +extension_type=certificate_authorities\(47\), length=(\d+)\n((?: +[\da-f]{4,} - .*\n)+)/mu.exec(
      record,
    ) ?? []
  if (length !== undefined && dump !== undefined) return readDump(dump, Number(length))
  const [, total, lines] =
    /^ +certificate_authorities \(len=(\d+)\)\n((?: +DistinguishedName .*\n)*)/mu.exec(record) ?? []
  if (total !== undefined && lines !== undefined) return readLines(lines, Number(total))
  return record.includes('certificate_authorities') ? null : []
}

/** TLS 1.3: the extension in hexadecimal, 16 bytes in a line. */
function readDump(dump: string, length: number): readonly AuthorityName[] | null {
  const digits = Array.from(dump.matchAll(/ - ((?:[\da-f]{2}[ -]){1,16})/gu), ([, bytes = '']) =>
    bytes.replaceAll(/[ -]/gu, ''),
  )
  const bytes = Buffer.from(digits.join(''), 'hex')
  return bytes.length === length ? readNames(bytes) : null
}

/** A vector of DistinguishedName, each behind its length. */
function readNames(bytes: Buffer): readonly AuthorityName[] | null {
  const names: AuthorityName[] = []
  let at = 2
  try {
    while (at < bytes.length) {
      const end = at + 2 + bytes.readUInt16BE(at)
      if (end > bytes.length) return null
      names.push(nameOf(parseDistinguishedName(bytes.subarray(at + 2, end))))
      at = end
    }
  } catch {
    return null
  }
  return names
}

/** TLS 1.2: each name as text. */
function readLines(lines: string, total: number): readonly AuthorityName[] | null {
  const found = [...lines.matchAll(/DistinguishedName \(len=(\d+)\): (.*)\n/gu)]
  const length = found.reduce((sum, [, bytes]) => sum + 2 + Number(bytes), 0)
  return length === total ? found.map(([, , line = '']) => nameOfLine(line)) : null
}
