import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import type { TestPki } from '@peergate/testkit'
import { proxyId } from './edge-pki.js'
import { makeTemporaryFolder } from './temporary-folder.js'

/**
 * Writes what a proxy reads of a test PKI under the names that the examples have for it. On a second hop the
 * proxy is {@link proxyId}, of the same CA as the clients. Beside these there are two sets of client CAs that
 * it should not read: that of somebody else, and those of browsers.
 *
 * @returns the folder, for {@link StartProxyOptions.certs}
 */
export async function writeTestPki({
  server,
  serverCa,
  clientCas,
  pki,
  issueClient,
}: TestPki): Promise<string> {
  const { certificate, key } = await issueClient({ subject: 'CN=proxy', uri: [proxyId] })
  const folder = makeTemporaryFolder()
  const files = {
    'server.pem': server.cert,
    'server-key.pem': server.key,
    'server-both.pem': server.cert + server.key,
    'server-ca.pem': serverCa,
    'proxy.pem': String(certificate),
    'proxy-key.pem': String(key),
    'client-ca.pem': clientCas.clients.anchors,
    'wrong-ca.pem': pki.authority('wrong-ca').certificate,
    'public-roots.pem': rootCertificates.join('\n'),
  }
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  return folder
}
