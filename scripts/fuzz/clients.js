// @ts-check
// The clients whose certificates the fuzzer lets proxies forward.
import { createHash } from 'node:crypto'
import { mintPki } from '../../packages/testkit/dist/index.js'

/**
 * @typedef {object} Client
 * @property {Uint8Array} leaf
 * @property {readonly Uint8Array[]} chain what stands between the leaf and nothing
 * @property {string} digest the SHA-256 of the leaf, as the proxy sends it
 * @property {readonly string[]} uris
 * @property {readonly string[]} dns
 */

const purpose = 'Is there for one run of the fuzzer.'

/** @type {readonly { subject: string, uri: string[], dns: string[], keys?: 'rsa-2048' }[]} */
const leaves = [
  { subject: 'CN=worker', uri: ['spiffe://prod.example/ns/payments/sa/worker'], dns: [] },
  { subject: '', uri: ['spiffe://prod.example/ns/payments/sa/admin'], dns: ['admin.example'] },
  {
    subject: 'CN=a\\,By\\=b\\;URI\\=c,O=Acme',
    uri: [],
    dns: ['a.example', 'b.example'],
  },
  {
    subject: 'CN=rsa',
    uri: ['https://a.example/?b=c', 'urn:a:b'],
    dns: ['rsa.example'],
    keys: 'rsa-2048',
  },
]

/** Fresh clients, who have the chain of their issuers in common. */
export async function mintClients() {
  const pki = await mintPki({
    authorities: {
      root: { purpose, subject: 'CN=Root' },
      outer: { purpose, subject: 'CN=Outer', issuer: 'root' },
      inner: { purpose, subject: 'CN=Inner', issuer: 'outer' },
    },
    leaves: {},
  })
  const chain = ['inner', 'outer', 'root'].map((role) => pki.authority(role).der)
  return Promise.all(
    leaves.map(async (leaf) => {
      const { der } = await pki.issue({ ...leaf, issuer: 'inner', usage: 'client' })
      return { leaf: der, chain, digest: sha256(der), uris: leaf.uri, dns: leaf.dns }
    }),
  )
}

/** @param {Uint8Array} bytes */
export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}
