import { identityRows } from '../certificate/format-identities.js'
import { UsageError, exitCodes } from '../output/exit-code.js'
import type { ExitCode } from '../output/exit-code.js'
import { formatTable } from '../output/table.js'
import { visible } from '../output/visible.js'
import { tint } from '../output/terminal.js'
import type { Terminal } from '../output/terminal.js'
import { createContract } from './contracts.js'
import { decodeHeaders } from './decode-headers.js'
import type { DecodedCertificate, DecodedHeaders } from './decode-headers.js'
import { toJson } from '../output/to-json.js'

export interface DecodeFlags {
  readonly contract: string
  /** `option=value`, as often as there are options. */
  readonly set: readonly string[]
  readonly acceptAssertions?: boolean
  readonly json?: boolean
}

/** `peergate decode` */
export async function runDecode(
  headers: readonly string[],
  { contract: name, set, acceptAssertions = false, json = false }: DecodeFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const contract = createContract(name, set)
  const lines = headers.length > 0 ? headers : splitLines(await terminal.readInput())
  if (lines.length === 0) throw new UsageError('there is no header: give some, or pipe them in')
  const decoded = decodeHeaders(contract, lines, {
    acceptsAssertions: acceptAssertions,
    now: Date.now(),
  })
  terminal.write(json ? toJson(decoded) : format(decoded, terminal))
  return decoded.refusal === null ? exitCodes.holds : exitCodes.finding
}

function splitLines(text: string): readonly string[] {
  return text.split(/\r?\n/u).filter((line) => line.trim() !== '')
}

type Rows = readonly (readonly [string, string])[]

function format(decoded: DecodedHeaders, terminal: Terminal): string {
  const { contract, elements, certificate, identities, refusal, assurance } = decoded
  const table = (rows: Rows): string => formatTable(null, rows, terminal.columns)
  const blocks = [
    tint(terminal, 'strong', contract),
    table(decoded.headers.map(({ name, lines, characters }) => [name, countOf(lines, characters)])),
    ...elements.map((element, at) => `element ${at + 1}\n${table(elementRows(element))}`),
    ...(certificate === null ? [] : [`${assurance}\n${table(certificateRows(certificate))}`]),
    ...(identities.length === 0 ? [] : [`identities\n${table(identityRows(identities))}`]),
    refusal === null
      ? tint(terminal, 'good', 'A gate goes on from here to the identity.')
      : `${tint(terminal, 'bad', refusal.code)}\n  ${refusal.detail}`,
  ]
  return `${blocks.join('\n\n')}\n`
}

function countOf(lines: number, characters: number): string {
  if (lines === 0) return 'not sent'
  return `${lines === 1 ? 'one line' : `${lines} lines`}, ${characters} characters`
}

function elementRows(element: DecodedHeaders['elements'][number]): Rows {
  if (element === null) return [['says', 'nothing']]
  const { hash, certificate, chain, uris, dnsNames } = element
  return [
    ['Hash', visible(hash ?? 'none')],
    ['Cert', certificate === null ? 'none' : `${certificate.length} characters`],
    ['Chain', chain === null ? 'none' : `${chain.length} characters`],
    ...uris.map((uri): [string, string] => ['URI', visible(uri)]),
    ...dnsNames.map((name): [string, string] => ['DNS', visible(name)]),
  ]
}

function certificateRows({
  subject,
  issuer,
  fingerprint256,
  notAfter,
  names,
  chain,
}: DecodedCertificate): Rows {
  return [
    ['subject', subject ?? 'not forwarded'],
    ['issuer', issuer ?? 'not forwarded'],
    ['valid until', notAfter ?? 'not known'],
    ['SHA-256', fingerprint256 ?? 'not known'],
    ['names', names.length === 0 ? 'none' : names.map(visible).join('\n')],
    ['beside it', chain === 0 ? 'no other certificate' : `${chain} certificates`],
  ]
}
