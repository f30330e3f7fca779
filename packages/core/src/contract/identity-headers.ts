import { createSpellingTest } from './spellings.js'

/**
 * Returns what tells whether a header is one in which proxies state who their client is: those that the
 * contracts read, those beside them, and the usual names where the operator chooses. No client may send
 * them past a gate. The names that are told are in lower case, in whatever spelling.
 *
 * @param own further names, in lower case with dashes
 */
export function createIdentityHeaderTest(own: readonly string[] = []): (name: string) => boolean {
  return createSpellingTest({ names: [...exactNames, ...own], prefixes })
}

const exactNames: readonly string[] = [
  'client-cert',
  'client-cert-chain',
  'l5d-client-id',
  'x-arr-clientcert',
  'x-client-dn',
  'x-client-verify',
  'x-forwarded-client-cert',
  'x-processed-tls-client-certificate',
  'x-remote-group',
  'x-remote-uid',
  'x-remote-user',
  'x-ssl-issuer',
  'x-ssl-subject',
]

const prefixes: readonly string[] = [
  'akamai-cc-',
  'cf-cert-',
  'cf-client-cert-',
  'cloudfront-viewer-cert-',
  'ssl-client-',
  'x-amzn-mtls-clientcert',
  'x-client-cert',
  'x-forwarded-ssl-client-',
  'x-forwarded-tls-client-cert',
  'x-remote-extra-',
  'x-ssl-cert',
  'x-ssl-chain-',
  'x-ssl-client-',
]
