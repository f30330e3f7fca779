import { cloudflare } from '@peergate/core'
import t from 'tap'
import {
  ambiguous,
  asserted,
  malformed,
  missing,
  readEach,
  unverified,
  verified,
} from '../support/forwarded.js'
import { haproxyHostile, rfcLeaf } from '../support/recorded-headers.js'

const der = 'cf-client-cert-der-base64'
const hash = 'cf-client-cert-sha256'
const verdict = 'cf-cert-verified'
const revoked = 'cf-cert-revoked'
const [fingerprint = ''] = rfcLeaf.fingerprints
const sent = { [der]: rfcLeaf.text, [hash]: fingerprint }
const yes = { [verdict]: 'true', [revoked]: 'false' }
const refused = unverified(`${verdict} must be exactly true`)
const wasRevoked = unverified(`${revoked} must be exactly false`)

void t.test('believes the headers of the Managed Transform', (t) => {
  const contract = cloudflare({ tlsClientAuthHeaders: true })
  t.same(
    contract.headers.map(({ name }) => name),
    [der, verdict, revoked, hash],
  )
  readEach(t, contract, [
    ['verified', { ...sent, ...yes }, verified(rfcLeaf)],
    ['without a hash', { [der]: rfcLeaf.text, ...yes }, verified(rfcLeaf)],
    ['verified, but revoked', { ...sent, [verdict]: 'true', [revoked]: 'true' }, wasRevoked],
    ['verified, with no word on revocation', { ...sent, [verdict]: 'true' }, wasRevoked],
    ['not verified', { ...sent, [verdict]: 'false', [revoked]: 'false' }, refused],
    ['without a verdict', sent, refused],
    ['as Workers write it', { ...sent, ...yes, [verdict]: 'SUCCESS' }, refused],
    [
      'nobody',
      { [verdict]: 'false', [revoked]: 'false' },
      missing(`${verdict} says that the client has no certificate`),
    ],
    ['nothing', {}, missing(`the proxy sent no ${verdict} or ${revoked} or ${der}`)],
    [
      'a verdict on a certificate that is not forwarded',
      yes,
      malformed(`${der} is missing, although the client has one`),
    ],
    ['a hash alone', { [hash]: fingerprint }, malformed(`${hash} must not be sent without ${der}`)],
    [
      'the hash of another certificate',
      { ...sent, ...yes, [der]: haproxyHostile.text },
      ambiguous(`${hash} must be the SHA-256 of the certificate in ${der}`),
    ],
    [
      'RFC 9440',
      { ...sent, ...yes, [der]: `:${rfcLeaf.text}:` },
      malformed(`${der} must be canonical base64`),
    ],
  ])
  t.end()
})

void t.test('takes the operator’s word where they are not sent, and theirs where they are', (t) => {
  readEach(t, cloudflare({ proxyVerifies: true }), [
    ['not sent', sent, verified(rfcLeaf)],
    ['sent', { ...sent, ...yes }, verified(rfcLeaf)],
    ['revoked', { ...sent, [revoked]: 'true' }, wasRevoked],
    ['not verified', { ...sent, [verdict]: 'false' }, refused],
    ['nobody', {}, missing(`the proxy sent no ${verdict} or ${revoked} or ${der}`)],
  ])
  readEach(t, cloudflare({ proxyVerifies: false }), [
    ['not sent', sent, asserted(rfcLeaf)],
    ['revoked', { ...sent, [revoked]: 'true' }, wasRevoked],
  ])
  t.end()
})
