import { formatTable } from '../output/table.js'
import { tint } from '../output/terminal.js'
import type { Terminal, Tone } from '../output/terminal.js'
import { visible } from '../output/visible.js'
import { clientNames } from './client-names.js'
import { wrapText } from '../output/wrap-text.js'
import type {
  Attempt,
  ForgedOutcome,
  ProbeClient,
  ProbeReport,
  Resumption,
  TlsVersion,
} from './probe-report.js'

type Look = Pick<Terminal, 'columns' | 'hasColors'>

/** A report as people read it. */
export function formatReport(report: ProbeReport, look: Look): string {
  const blocks = [
    tint(look, 'strong', report.url),
    formatFacts(report, look),
    formatAttempts(report, look),
    formatReasons(report, look),
    formatOpen(report, look),
    formatFindings(report, look),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function formatFacts(report: ProbeReport, look: Look): string {
  const { server, versions, resumption } = report
  const rows: readonly (readonly [string, string])[] = [
    [
      'server',
      server === null
        ? 'not seen'
        : `${visible(server.subject)}, valid until ${server.notAfter.slice(0, 10)}`,
    ],
    ['speaks', versions.map(nameVersion).join(' and ')],
    ['certificates', describeDemand(report, look)],
    ['client CAs', describeAuthorities(report)],
    [
      'resumption',
      resumption.length === 0 ? 'not tried' : resumption.map(describeResumption).join('\n'),
    ],
    ...(report.forgedHeaders === null
      ? []
      : [['forged headers', describeForged(report.forgedHeaders)] as const]),
  ]
  return formatTable(null, rows, look.columns)
}

function nameVersion(version: TlsVersion): string {
  return version.replace('v', ' ')
}

function describeDemand({ clientCertificates, refusesBy }: ProbeReport, look: Look): string {
  if (clientCertificates === 'strict') {
    const where = refusesBy === 'http' ? 'by a page behind the handshake' : 'in the handshake'
    return `${tint(look, 'good', 'strict')}: whoever has none is refused ${where}`
  }
  const [tone, text] = demands[clientCertificates]
  return `${tint(look, tone, clientCertificates)}: ${text}`
}

const demands = {
  optional: ['warn', 'they are asked for, and TLS lets pass whoever has none'],
  off: ['bad', 'nobody is asked for one'],
  unknown: ['warn', 'what is asked for could not be read'],
} as const satisfies Readonly<Record<string, readonly [Tone, string]>>

const mostNamed = 5

function describeAuthorities({ clientCas, publicRoots }: ProbeReport): string {
  if (clientCas === null) return 'not known'
  if (clientCas.length === 0) return 'none named'
  const more = clientCas.length - mostNamed
  const publicly =
    publicRoots !== null && publicRoots > 0 ? [`${publicRoots} of them are public`] : []
  const rest = more > 0 ? [`and ${more} more`] : []
  return [...clientCas.slice(0, mostNamed).map(visible), ...rest, ...publicly].join('\n')
}

function describeResumption({ version, offered, resumed, status }: Resumption): string {
  const name = nameVersion(version)
  if (!offered) return `${name} not offered`
  if (!resumed) return `${name} offered, and not resumed`
  return `${name} resumed, and ${status === null ? 'not answered' : `answered ${status}`}`
}

function describeForged({ status, forgedStatus, effect }: ForgedOutcome): string {
  return {
    changed: `change the answer, ${status} without them and ${forgedStatus} with them`,
    refused: `such a request is turned down (${forgedStatus})`,
    unchanged: 'change nothing',
    unknown: 'whether they change the answer cannot be told',
  }[effect]
}

function formatAttempts({ attempts, versions }: ProbeReport, look: Look): string {
  const clients = [...new Set(attempts.map(({ client }) => client))]
  const rows = clients.map((client) => [clientNames[client]].concat(cellsOf(client)))
  return formatTable(['as', ...versions.map(nameVersion)], rows, look.columns)

  function cellsOf(client: ProbeClient): readonly string[] {
    const own = attempts.filter((attempt) => attempt.client === client)
    return versions.map((version) =>
      describeOutcome(
        own.find((attempt) => attempt.version === version),
        look,
      ),
    )
  }
}

function describeOutcome(attempt: Attempt | undefined, look: Look): string {
  if (attempt === undefined) return ''
  const { outcome, status, layer, code, client } = attempt
  const detail = code === null ? '' : ` (${code})`
  const isWelcome = (client === 'own') === (outcome === 'answered')
  const tone = isWelcome ? 'good' : 'bad'
  if (outcome === 'answered') return tint(look, tone, `answered ${status}`)
  if (outcome === 'denied') return `${tint(look, 'warn', `denied ${status}`)}${detail}`
  if (outcome === 'refused') {
    return `${tint(look, tone, `refused in ${layer === 'http' ? `HTTP, ${status}` : 'TLS'}`)}${detail}`
  }
  return `${outcome === 'failed' ? tint(look, 'warn', 'failed') : 'not spoken'}${detail}`
}

/** Why clients ended where they did, each reason once, behind those whom it is about. */
function formatReasons({ attempts }: ProbeReport, look: Look): string {
  const about = new Map<string, Set<string>>()
  for (const { client, outcome, cause, remedy } of attempts) {
    if (cause === null || outcome === 'not-spoken') continue
    const reason = remedy === null ? cause : `${cause}; ${remedy}`
    about.set(reason, (about.get(reason) ?? new Set()).add(clientNames[client]))
  }
  const hasRogue = attempts.some(({ client }) => client === 'rogue')
  const texts = Array.from(about, ([reason, names]) => `${[...names].join(', ')}: ${reason}`)
  const untried = 'a rogue: not tried, since no name of a CA is known that can be written again'
  return [...texts, ...(hasRogue ? [] : [untried])].map((text) => wrap(text, look, '  ')).join('\n')
}

function formatOpen({ open }: ProbeReport, look: Look): string {
  const lines = open.map((text) => wrap(`Not known: ${text}.`, look, ''))
  return tint(look, 'warn', lines.join('\n'))
}

function formatFindings({ findings, open, attempts }: ProbeReport, look: Look): string {
  if (findings.length === 0 && open.length > 0) return ''
  const isTried = attempts.some(({ client }) => client === 'own')
  const untried = isTried ? '' : ' Give --cert and --key to see whether you are let in.'
  if (findings.length === 0) return `${tint(look, 'good', 'Nothing was found.')}${untried}`
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`
  const lines = findings.map(
    ({ code, what, remedy }) =>
      `${tint(look, 'bad', code)}\n${wrap(`${what}.`, look, '  ')}\n${wrap(`To do: ${remedy}.`, look, '  ')}`,
  )
  return [tint(look, 'strong', count), ...lines].join('\n')
}

function wrap(text: string, { columns }: Look, indent: string): string {
  const lines = wrapText(text, columns - indent.length)
  return lines.map((line) => `${indent}${line}`).join('\n')
}
