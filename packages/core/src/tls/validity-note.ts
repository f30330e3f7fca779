import type { CertificateFacts } from '../certificate/certificate-facts.js'

/**
 * What this clock says and how far from it the validity of `certificate` is, so that a clock which
 * is wrong, here or at the CA, is seen in the log. `certificate` is null where it is not known.
 */
export function describeValidity(
  certificate: Pick<CertificateFacts, 'notAfter' | 'notBefore'> | null,
  now: number,
): string {
  const clock = `this clock says ${formatTime(now)}`
  if (certificate === null) return clock
  const { notBefore, notAfter } = certificate
  if (now > notAfter) {
    return `${clock}, ${formatSpan(now - notAfter)} after the end at ${formatTime(notAfter)}`
  }
  if (now < notBefore) {
    return `${clock}, ${formatSpan(notBefore - now)} before the begin at ${formatTime(notBefore)}`
  }
  const period = `${formatTime(notBefore)} to ${formatTime(notAfter)}`
  return `${clock}, and the certificate itself is valid from ${period}; look at its issuers`
}

/** A clock that is broken must not break the report of a refusal. */
function formatTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  return Number.isNaN(date.valueOf()) ? 'no valid time' : date.toISOString()
}

/** `2 d 3 h 4 min 5 s`, without the parts that are zero. */
function formatSpan(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`)
  return shown.length === 0 ? 'less than 1 s' : shown.join(' ')
}
