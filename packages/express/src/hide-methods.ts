import type { ServerResponse } from 'node:http'
import type { IdentifiedRequest } from './identified-request.js'

/**
 * Keeps Express from answering OPTIONS by itself, with the methods of what exists, to a peer without
 * an identity that no requirement has let pass. A router inside of another gives that answer before
 * `denyUnmatched` is reached; what is thrown here makes it hand on the refusal instead.
 */
export function hideMethods(res: ServerResponse, identified: IdentifiedRequest): void {
  if (identified.admission.identity !== null) return
  const setHeader = res.setHeader.bind(res)
  res.setHeader = (name, value) => {
    const isHidden = name.toLowerCase() === 'allow' && !identified.allowed
    const refusal = isHidden ? identified.refuseUnidentified() : null
    if (refusal !== null) throw refusal
    return setHeader(name, value)
  }
}
