import type { Attempt, Finding, ProbeClient, ProbeReport, TlsVersion } from './probe-report.js'

/**
 * What is wrong with a server that is to demand mutual TLS; in the order of weight.
 *
 * @param unasked the versions over which nobody is asked for a certificate, so that whoever has one is like
 * who has none
 */
export function findFaults(
  report: Omit<ProbeReport, 'findings' | 'open'>,
  unasked: ReadonlySet<TlsVersion>,
): readonly Finding[] {
  const { clientCertificates, publicRoots, forgedHeaders, attempts } = report
  return [
    ...(clientCertificates === 'off' ? [notRequested] : []),
    ...findLetIn(attempts.filter(({ version }) => !unasked.has(version))),
    ...(publicRoots === null || publicRoots === 0 ? [] : [trustsPublicRoots(publicRoots)]),
    ...(forgedHeaders?.effect === 'changed' ? [believesHeaders] : []),
    ...findOwnRefused(report),
  ]
}

const notRequested: Finding = {
  code: 'certificates-not-requested',
  what: 'the server asks nobody for a certificate, so that nobody proves who they are',
  remedy: 'let it demand one: TLS ends somewhere that does not, or the port is another one',
}

const believesHeaders: Finding = {
  code: 'forged-headers-change-answer',
  what: 'the answer changes by identity headers that a client sends',
  remedy: 'let the proxy remove them in every location, and the service believe that proxy alone',
}

function trustsPublicRoots(count: number): Finding {
  const cas = count === 1 ? '1 public CA' : `${count} public CAs`
  return {
    code: 'public-roots',
    what: `the server accepts client certificates of ${cas}, which issue them to anybody`,
    remedy: 'name the CA of its own clients as client CA, instead of the bundle of the system',
  }
}

function findLetIn(attempts: readonly Attempt[]): readonly Finding[] {
  return (['nobody', 'stranger', 'rogue'] as const).flatMap((client) => {
    const admitted = attempts.filter(
      (each) => each.client === client && each.outcome === 'answered',
    )
    return admitted.length === 0 ? [] : [{ ...letIn[client], what: letIn[client].what(admitted) }]
  })
}

const letIn: Readonly<
  Record<
    Exclude<ProbeClient, 'own'>,
    Omit<Finding, 'what'> & { readonly what: (attempts: readonly Attempt[]) => string }
  >
> = {
  nobody: {
    code: 'nobody-answered',
    what: (attempts) => `a client without a certificate is answered ${statusesOf(attempts)}`,
    remedy: 'demand certificates, or let the application refuse who has none',
  },
  stranger: {
    code: 'stranger-answered',
    what: (attempts) => `a certificate of a made-up CA is answered ${statusesOf(attempts)}`,
    remedy: 'let the server verify certificates: it takes any',
  },
  rogue: {
    code: 'rogue-answered',
    what: (attempts) =>
      `a certificate of a made-up CA with the right name is answered ${statusesOf(attempts)}`,
    remedy: 'let the server verify signatures: it looks at names alone',
  },
}

function statusesOf(attempts: readonly Attempt[]): string {
  return [...new Set(attempts.map(({ status }) => String(status)))].join(' and ')
}

function findOwnRefused({ attempts }: Pick<ProbeReport, 'attempts'>): readonly Finding[] {
  const own = attempts.filter(({ client, outcome }) => client === 'own' && outcome !== 'not-spoken')
  const refused = own.find(({ outcome }) => outcome === 'refused')
  if (refused === undefined || own.some(({ outcome }) => outcome === 'answered')) return []
  return [
    {
      code: 'own-refused',
      what: `your own certificate is refused: ${String(refused.cause)}`,
      remedy: String(refused.remedy),
    },
  ]
}
