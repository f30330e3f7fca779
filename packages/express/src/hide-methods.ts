import type { ServerResponse } from 'node:http'
import type { IdentifiedRequest } from './identified-request.js'

/**
 * Keeps Express from answering OPTIONS by itself, with the methods of what exists, to a peer without
 * an identity that no requirement has let pass. A router inside of another gives that answer before
 * `denyUnmatched` is reached; what is thrown here makes it hand on the refusal instead.
 */
export function hideMethods(res: ServerResponse, identified: IdentifiedRequest): void {
  const { refusal } = identified.admission
  if (refusal === null) return
  const setHeader = res.setHeader.bind(res)
  res.setHeader = (name, value) => {
    if (name.toLowerCase() === 'allow' && !identified.allowed) throw refusal
    return setHeader(name, value)
  }
}
