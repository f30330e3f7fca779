import { gcp } from '@peergate/core'
import t from 'tap'
import { malformed, missing, readEach, unverified, verified } from '../support/forwarded.js'
import { rfcChain, rfcLeaf } from '../support/recorded-headers.js'

const names = {
  leaf: 'X-Client-Cert-Leaf',
  present: 'X-Client-Cert-Present',
  verified: 'X-Client-Cert-Chain-Verified',
}
const contract = gcp({ ...names, chain: 'X-Client-Cert-Chain' })
const leaf = 'x-client-cert-leaf'
const present = 'x-client-cert-present'
const chainVerified = 'x-client-cert-chain-verified'
const chain = 'x-client-cert-chain'
const item = `:${rfcLeaf.text}:`
const sound = { [present]: 'true', [chainVerified]: 'true', [leaf]: item }

void t.test('reads the certificate that the load balancer verified', (t) => {
  t.same(contract.headers, [
    { name: leaf },
    { name: present },
    { name: chainVerified },
    { name: chain, isList: true },
  ])
  readEach(t, contract, [
    [
      'with its chain',
      { ...sound, [chain]: rfcChain.text },
      verified(rfcLeaf, rfcChain.fingerprints),
    ],
    ['with an empty chain', { ...sound, [chain]: '' }, verified(rfcLeaf)],
    ['with no chain', sound, verified(rfcLeaf)],
  ])
  readEach(t, gcp(names), [['without a header for the chain', sound, verified(rfcLeaf)]])
  t.end()
})

void t.test('tells no certificate from one that was not verified', (t) => {
  const none = missing(`${present} says that the client has no certificate`)
  const absent = unverified(`${present} must be exactly true`)
  const refused = unverified(`${chainVerified} must be exactly true`)
  readEach(t, contract, [
    ['false', { [present]: 'false', [chainVerified]: 'false', [leaf]: '', [chain]: '' }, none],
    ['empty', { [present]: '', [chainVerified]: '', [leaf]: '', [chain]: '' }, none],
    ['nothing', {}, missing(`the proxy sent no ${present} or ${chainVerified} or ${leaf}`)],
    ['not verified', { [present]: 'true', [chainVerified]: 'false', [leaf]: '' }, refused],
    ['a leaf that is not verified', { ...sound, [chainVerified]: 'false' }, refused],
    ['a leaf without a verdict', { [present]: 'true', [leaf]: item }, refused],
    ['True', { ...sound, [chainVerified]: 'True' }, refused],
    ['a leaf that is not present', { ...sound, [present]: 'false' }, absent],
    ['a leaf alone', { [leaf]: item }, absent],
    [
      'too large',
      { ...sound, [leaf]: '' },
      malformed(`${leaf} is missing, although the client has one`),
    ],
    [
      'a chain alone',
      { [present]: 'false', [chain]: rfcChain.text },
      malformed(`${chain} must not be sent without ${leaf}`),
    ],
  ])
  t.end()
})
