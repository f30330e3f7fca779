import { mintPki } from '@peergate/testkit'
import type { RevocationListRequest } from '@peergate/testkit'
import t from 'tap'
import { authority, declaration, leaf, refusal } from './pki-fixture.js'
import { verdict } from './tls-verdict.js'

for (const keys of ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048'] as const) {
  t.test(`issues lists that a TLS server judges by, signed with ${keys}`, async (t) => {
    const ca = { ...authority, keys }
    const { server = leaf } = declaration.leaves
    const pki = await mintPki({ authorities: { ca }, leaves: { server, revoked: leaf, leaf } })
    const { serialNumber } = pki.leaf('revoked')
    const some = await pki.revocationList({ issuer: 'ca', serialNumbers: [serialNumber] })
    t.equal(await verdict(pki, pki.leaf('revoked'), some.pem), 'CERT_REVOKED')
    t.equal(await verdict(pki, pki.leaf('leaf'), some.pem), 'trusted')
    const none = await pki.revocationList({ issuer: 'ca', serialNumbers: [] })
    t.equal(await verdict(pki, pki.leaf('revoked'), none.pem), 'trusted')
  })
}

t.test('issues stale and future lists', async (t) => {
  const pki = await mintPki(declaration)
  const client = await pki.issue(leaf)
  for (const [thisUpdate, nextUpdate, expected] of [
    ['-2d', '-1d', 'CRL_HAS_EXPIRED'],
    ['+1d', '+2d', 'CRL_NOT_YET_VALID'],
    ['-1h', '+1h', 'trusted'],
  ] as const) {
    const list = { issuer: 'ca', serialNumbers: [], thisUpdate, nextUpdate }
    t.equal(await verdict(pki, client, (await pki.revocationList(list)).pem), expected)
  }
})

t.test('counts the times of a list from the call', async (t) => {
  let now = Date.UTC(2030, 0, 1)
  const pki = await mintPki(declaration, { now: () => now })
  now = Date.UTC(2030, 5, 1)
  const { der } = await pki.revocationList({ issuer: 'ca', serialNumbers: [] })
  const times = Buffer.from(der)
    .toString('latin1')
    .match(/\d{12}Z/gu)
  t.same(times, ['300601000000Z', '300608000000Z'])
})

t.test('gives PEM and DER of the same list', async (t) => {
  const pki = await mintPki(declaration)
  const { pem, der } = await pki.revocationList({ issuer: 'ca', serialNumbers: ['0A'] })
  const [, base64 = ''] =
    /^-----BEGIN X509 CRL-----\n([^-]+)\n-----END X509 CRL-----\n$/u.exec(pem) ?? []
  t.same(Buffer.from(base64, 'base64'), Buffer.from(der))
})

t.test('writes every serial number once, in its shortest form', async (t) => {
  const pki = await mintPki(declaration)
  const list = async (serialNumbers: readonly string[]): Promise<string> => {
    const { der } = await pki.revocationList({ issuer: 'ca', serialNumbers })
    return Buffer.from(der).toString('hex')
  }
  t.match(await list(['0']), '020100170d')
  t.match(await list(['80']), '02020080170d')
  t.match(await list(['abc']), '02020abc170d')
  const once = await list(['00ab', 'AB', 'ab'])
  t.equal(once.match(/020200ab170d/gu)?.length, 1)
})

t.test('refuses a faulty request', async (t) => {
  const pki = await mintPki(declaration)
  const digits = 'must be 1 to 40 hexadecimal digits'
  for (const [request, fault] of [
    [{}, 'option "serialNumbers" is missing or undefined'],
    [{ serialNumbers: [''] }, `option "serialNumbers.0" ${digits}`],
    [{ serialNumbers: ['0A:0B'] }, `option "serialNumbers.0" ${digits}`],
    [{ serialNumbers: ['0'.repeat(41)] }, `option "serialNumbers.0" ${digits}`],
    [{ serialNumbers: [10] }, 'option "serialNumbers.0" must be of the type string'],
    [{ serialNumbers: [], nextUpdate: '-1s' }, 'option "thisUpdate" must be before nextUpdate'],
    [
      { serialNumbers: [], thisUpdate: '1h' },
      'option "thisUpdate" must be a signed number of s, m, h or d such as "+30d"',
    ],
    [{ serialNumbers: [], validity: {} }, 'option "validity" is not known'],
  ] as const) {
    const faulty = { issuer: 'ca', ...request } as unknown as RevocationListRequest
    t.equal(
      await refusal(() => pki.revocationList(faulty)),
      `ERR_PEERGATE_OPTION_INVALID: pki.revocationList: ${fault}`,
    )
  }
})
