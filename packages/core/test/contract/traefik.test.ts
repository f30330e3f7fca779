import { traefik } from '@peergate/core'
import t from 'tap'
import { asserted, malformed, missing, readEach, verified } from '../support/forwarded.js'
import { caddyTest, haproxyChain, haproxyHostile } from '../support/recorded-headers.js'

const header = 'x-forwarded-tls-client-cert'
const contract = traefik({ proxyVerifies: true })
const noBase64 = malformed(`${header} must be canonical base64`)
const empty = malformed(`${header} must not be empty base64`)
const leaf = haproxyHostile.text
const issuer = haproxyChain.text

void t.test('reads the leaf first, and the rest as its chain', (t) => {
  t.same(contract.headers, [{ name: header }])
  readEach(t, contract, [
    ['one', { [header]: leaf }, verified(haproxyHostile)],
    ['two', { [header]: `${leaf},${issuer}` }, verified(haproxyHostile, haproxyChain.fingerprints)],
    [
      'another order',
      { [header]: `${issuer},${leaf}` },
      verified(haproxyChain, haproxyHostile.fingerprints),
    ],
    ['nobody', {}, missing(`the proxy sent no ${header}`)],
  ])
  readEach(t, traefik({ proxyVerifies: false }), [
    ['of a Traefik that does not verify', { [header]: caddyTest.text }, asserted(caddyTest)],
  ])
  t.end()
})

void t.test('takes no other certificate for a damaged leaf', (t) => {
  readEach(t, contract, [
    ['no leaf', { [header]: `,${issuer}` }, empty],
    ['a damaged leaf', { [header]: `${leaf.slice(1)},${issuer}` }, noBase64],
    [
      'a damaged issuer',
      { [header]: `${leaf},${issuer.slice(4)}` },
      malformed(`${header} must hold whole certificates in DER`),
    ],
    ['a comma behind', { [header]: `${leaf},` }, empty],
    ['a blank', { [header]: `${leaf}, ${issuer}` }, noBase64],
    // as releases before 2.9.4 wrote it
    ['escapes', { [header]: encodeURIComponent(leaf) }, noBase64],
    [
      '11 behind the leaf',
      { [header]: Array<string>(12).fill(leaf).join(',') },
      malformed(`${header} must hold at most 10 certificates of a chain`),
    ],
  ])
  t.end()
})
