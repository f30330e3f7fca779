import { PeerGateError } from '../errors.js'

/** One block of a PEM text. */
export interface PemBlock {
  /** What the boundaries call it: `CERTIFICATE`. */
  readonly label: string
  readonly der: Uint8Array
}

/**
 * Returns the blocks of a PEM text (RFC 7468) in their order; there is at least one.
 *
 * Explanatory text may stand around the blocks, as `openssl x509 -text` writes it. Everything else
 * that could make two readers see different blocks is refused: boundaries that do not pair up,
 * headers, base64 that is not canonical, control characters, a byte order mark.
 *
 * @param role what the text is for, such as `clientCas.payments`; it begins every message.
 * @param maximumLength the longest text that is read, in characters.
 * @throws {PeerGateError} ERR_PEERGATE_PEM_INVALID naming the line and the rule it breaks.
 *
 * @example
 * ```ts
 * const [{ label, der }] = parsePem(text, 'server.cert')
 * ```
 */
export function parsePem(
  text: string,
  role: string,
  maximumLength: number = usualMaximumLength,
): readonly PemBlock[] {
  if (text.length > maximumLength) throw invalid(role, `longer than ${maximumLength} characters`)
  const blocks: PemBlock[] = []
  let open: OpenBlock | null = null
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const place = `${role}: line ${index + 1}`
    const boundary = readBoundary(line, place)
    if (boundary?.verb === 'BEGIN') {
      open = begin(open, boundary.label, place)
    } else if (boundary?.verb === 'END') {
      blocks.push(end(open, boundary.label, place))
      open = null
    } else if (open === null) {
      refuseControlCharacters(line, place)
    } else {
      open.base64.push(readBase64(line, place))
    }
  }
  if (open !== null) throw invalid(role, `BEGIN ${open.label} without END`)
  if (blocks.length === 0) throw invalid(role, 'holds no PEM block')
  return blocks
}

/** Four times the bundles of public authorities. */
const usualMaximumLength = 2 ** 20

interface OpenBlock {
  readonly label: string
  readonly base64: string[]
}

interface Boundary {
  readonly verb: 'BEGIN' | 'END'
  readonly label: string
}

function readBoundary(line: string, place: string): Boundary | null {
  if (!line.includes('-----')) return null
  const [, verb, label] =
    /^-----(BEGIN|END) ([A-Z0-9]+(?: [A-Z0-9]+)*)-----[ \t]*$/.exec(line) ?? []
  if ((verb !== 'BEGIN' && verb !== 'END') || label === undefined) {
    throw invalid(place, 'dashes that are no boundary')
  }
  return { verb, label }
}

function begin(open: OpenBlock | null, label: string, place: string): OpenBlock {
  if (open !== null) throw invalid(place, `BEGIN ${label} inside ${open.label}`)
  return { label, base64: [] }
}

function end(open: OpenBlock | null, label: string, place: string): PemBlock {
  if (open === null) throw invalid(place, `END ${label} without BEGIN`)
  if (open.label !== label) throw invalid(place, `END ${label} after BEGIN ${open.label}`)
  return { label, der: decodePemBody(open.base64.join(''), place) }
}

/**
 * The bytes of a block, by its base64 without line ends. Encoding again shows what `Buffer` lets pass:
 * missing padding, bits behind the last byte.
 *
 * @param place where the block ends; it begins every message.
 * @throws {PeerGateError} ERR_PEERGATE_PEM_INVALID
 */
export function decodePemBody(base64: string, place: string): Uint8Array {
  const der = Buffer.from(base64, 'base64')
  if (der.length === 0) throw invalid(place, 'end of an empty block')
  if (der.toString('base64') !== base64) throw invalid(place, 'end of base64 that is not canonical')
  return new Uint8Array(der)
}

function readBase64(line: string, place: string): string {
  const base64 = line.replaceAll(/[ \t]/g, '')
  if (/^[A-Za-z0-9+/=]*$/.test(base64)) return base64
  throw invalid(place, 'headers or other characters that are not base64')
}

function refuseControlCharacters(line: string, place: string): void {
  if (/(?!\t)[\p{Cc}\uFEFF]/u.test(line)) {
    throw invalid(place, 'control character or byte order mark')
  }
}

function invalid(place: string, fault: string): PeerGateError {
  return new PeerGateError('ERR_PEERGATE_PEM_INVALID', `${place}: ${fault}`)
}
