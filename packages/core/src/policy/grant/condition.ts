import { isAssured } from '../../assurance.js'
import type { Assurance } from '../../assurance.js'
import { quote } from '../../identity-value/quote.js'
import { twinsOf } from '../../identity-value/twin-fingerprints.js'
import { faultAt } from '../../options.js'
import type { GrantContext, GrantTarget } from './grant-target.js'
import { createScope } from './grant-scope.js'
import type { GrantContent } from '../policy-schema.js'
import type { Condition, RequestVerdict } from './verdict.js'

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function compileConditions(
  grant: GrantContent,
  target: GrantTarget,
  context: GrantContext,
): readonly Condition[] {
  const { trustSet, minimumAssurance, where } = grant
  return [
    ...(target.by === 'fingerprint' ? [needCertificate(target.fingerprint256)] : []),
    ...(trustSet === undefined ? [] : [needTrustSet(trustSet)]),
    ...(minimumAssurance === undefined ? [] : [needAssurance(minimumAssurance)]),
    ...needMoment(grant, context),
    ...createScope(where, target, context),
  ]
}

/**
 * A proxy may assert an identity without its certificate, which could then be any. A twin is the same
 * certificate for whoever denies it, and not the one that was meant for whoever allows it.
 */
function needCertificate(wanted: string): Condition {
  return {
    wording: `the certificate ${wanted}`,
    judge(identity) {
      if (identity.fingerprint256 === wanted) return 'met'
      const twins = twinsOf(identity)
      if (typeof identity.fingerprint256 !== 'string' || twins === null) return 'unknown'
      return twins?.includes(wanted) === true ? 'unknown' : 'unmet'
    },
  }
}

function needTrustSet(name: string): Condition {
  return {
    wording: `the trust set ${quote(name)}`,
    judge({ trustSet }) {
      if (typeof trustSet !== 'string') return 'unknown'
      return trustSet === name ? 'met' : 'unmet'
    },
  }
}

function needAssurance(minimum: Assurance): Condition {
  return {
    wording: `the assurance ${minimum}`,
    judge: ({ assurance }) => (isAssured(assurance, minimum) ? 'met' : 'unmet'),
  }
}

function needMoment(
  { notBefore, notAfter }: GrantContent,
  { path, locate }: GrantContext,
): readonly Condition[] {
  if (notBefore === undefined && notAfter === undefined) return []
  const [first, last] = [readMoment(notBefore, -Infinity), readMoment(notAfter, Infinity)]
  if (first > last) {
    const fault = 'lies before notBefore, so that nobody has the grant'
    throw faultAt(locate, [...path, 'notAfter'], fault)
  }
  const judge: RequestVerdict = (_params, now) => {
    if (!Number.isFinite(now)) return 'unknown'
    return now >= first && now <= last ? 'met' : 'unmet'
  }
  return [{ wording: describeWindow(first, last), judge: () => judge }]
}

function readMoment(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : Date.parse(text)
}

function describeWindow(first: number, last: number): string {
  if (last === Infinity) return `a moment from ${formatMoment(first)} on`
  if (first === -Infinity) return `a moment up to ${formatMoment(last)}`
  return `a moment from ${formatMoment(first)} to ${formatMoment(last)}`
}

function formatMoment(time: number): string {
  return new Date(time).toISOString()
}
