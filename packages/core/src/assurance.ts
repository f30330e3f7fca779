/** How the certificate is known to belong to the peer, strongest first. */
export const assurances = ['tls', 'proxy-verified', 'proxy-asserted'] as const

/**
 * How the certificate is known to belong to the peer, strongest first: `tls` (this process verified
 * the handshake), `proxy-verified` (a trusted proxy says that it verified it), `proxy-asserted` (a
 * trusted proxy forwarded it and nobody says that it was verified).
 */
export type Assurance = (typeof assurances)[number]

/** Whether `assurance` is `minimum` or stronger. What is none of the names is neither. */
export function isAssured(assurance: Assurance, minimum: Assurance): boolean {
  const rank = assurances.indexOf(assurance)
  return rank !== -1 && rank <= assurances.indexOf(minimum)
}
