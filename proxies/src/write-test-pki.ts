import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import type { TestPki } from '@peergate/testkit'
import { makeTemporaryFolder } from './temporary-folder.js'

/**
 * Writes what a proxy reads of a test PKI under the names that the examples have for it, and two sets of
 * client CAs that it should not read: that of somebody else, and those of browsers.
 *
 * @returns the folder, for {@link StartProxyOptions.certs}
 */
export function writeTestPki({ server, serverCa, clientCas, pki }: TestPki): string {
  const folder = makeTemporaryFolder()
  const files = {
    'server.pem': server.cert,
    'server-key.pem': server.key,
    'server-both.pem': server.cert + server.key,
    'server-ca.pem': serverCa,
    'client-ca.pem': clientCas.clients.anchors,
    'wrong-ca.pem': pki.authority('wrong-ca').certificate,
    'public-roots.pem': rootCertificates.join('\n'),
  }
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
  }
  return folder
}
