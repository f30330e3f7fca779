import type { TestClientCredentials } from '../connection/test-pki.js'
import type { ProxyConversation } from './ask-proxy.js'
import type { HeaderLines } from './record-requests.js'

/** Where a proxy is asked, as whom, and with what of somebody else. */
export interface ProxyTrial extends Pick<ProxyConversation, 'ask'> {
  readonly host: string
  readonly path: string
  readonly accepted: TestClientCredentials
  /** The header lines by which the proxy named another client to the backend. */
  readonly stolen: HeaderLines
}
