import { awsAlbPassthrough, awsAlbVerify, cloudfront } from '@peergate/core'
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
import { albEscaped, albPlus, rfcLeaf } from '../support/recorded-headers.js'

const albLiteral = albEscaped.text.replaceAll('%3D', '=')

void t.test('reads the leaf of a load balancer that verifies', (t) => {
  const header = 'x-amzn-mtls-clientcert-leaf'
  const contract = awsAlbVerify()
  t.equal(contract.name, 'aws-alb-verify')
  t.same(contract.headers, [{ name: header }])
  readEach(t, contract, [
    ['with + and / as they are', { [header]: albPlus.text }, verified(albPlus)],
    ['with = escaped', { [header]: albEscaped.text }, verified(albEscaped)],
    ['with = as it is', { [header]: albLiteral }, verified(albEscaped)],
    ['nobody', {}, missing(`the proxy sent no ${header}`)],
    [
      'the header of the other mode',
      { 'x-amzn-mtls-clientcert': albEscaped.text },
      missing(`the proxy sent no ${header}`),
    ],
    [
      'two certificates',
      { [header]: albPlus.text + albEscaped.text },
      malformed(`${header} must hold one certificate alone`),
    ],
    [
      'a space for +',
      { [header]: albPlus.text.replace('+', ' ') },
      malformed(`${header} must be percent-encoded ASCII, each % with two hexadecimal digits`),
    ],
    // gaborage/go-bricks, testForwardedCertLeafCorrupted
    [
      'a damaged length',
      { [header]: albEscaped.text.replace('MIIB', 'MIIZ') },
      malformed(`${header} must hold whole certificates in DER`),
    ],
  ])
  readEach(t, awsAlbVerify({ leaf: 'X-Leaf' }), [
    ['a header of another name', { 'x-leaf': albPlus.text }, verified(albPlus)],
    [
      'the header of the usual name',
      { [header]: albPlus.text },
      missing('the proxy sent no x-leaf'),
    ],
  ])
  t.end()
})

void t.test('reads the leaf and the chain of a load balancer that verifies nothing', (t) => {
  const header = 'x-amzn-mtls-clientcert'
  const contract = awsAlbPassthrough({ proxyVerifies: false })
  t.equal(contract.name, 'aws-alb-passthrough')
  t.same(contract.headers, [{ name: header }])
  const noPem = malformed(`${header} must hold PEM certificates and nothing else`)
  readEach(t, contract, [
    ['a leaf', { [header]: albPlus.text }, asserted(albPlus)],
    [
      'a leaf and its chain',
      { [header]: albPlus.text + albEscaped.text },
      asserted(albPlus, albEscaped.fingerprints),
    ],
    [
      'a chain without a last line end',
      { [header]: albPlus.text + albLiteral.replace(/%0A$/u, '') },
      asserted(albPlus, albEscaped.fingerprints),
    ],
    [
      'line ends of two characters',
      { [header]: albPlus.text.replaceAll('%0A', '%0D%0A') },
      asserted(albPlus),
    ],
    ['nobody', {}, missing(`the proxy sent no ${header}`)],
    [
      'a damaged leaf before another certificate',
      { [header]: albPlus.text.replace('MII', 'MI') + albEscaped.text },
      malformed(`${header} must hold well-formed PEM`),
    ],
    ['a leaf of nothing', { [header]: albPlus.text.replace(/0A[^-]*-/u, '0A-') }, noPem],
    ['an empty line', { [header]: albPlus.text.replace('%0A', '%0A%0A') }, noPem],
    ['a blank in a line', { [header]: albPlus.text.replace('MII', 'MI%20I') }, noPem],
    ['text between two', { [header]: `${albPlus.text}x%0A${albEscaped.text}` }, noPem],
    [
      'no line end between two',
      { [header]: albPlus.text.replace(/%0A$/u, '') + albPlus.text },
      noPem,
    ],
    [
      '12 certificates',
      { [header]: albEscaped.text.repeat(12) },
      malformed(`${header} must hold at most 10 certificates of a chain`),
    ],
  ])
  readEach(t, awsAlbPassthrough({ proxyVerifies: false, certificate: 'X-Cert' }), [
    ['a header of another name', { 'x-cert': albPlus.text }, asserted(albPlus)],
  ])
  t.end()
})

void t.test('reads the certificate of a viewer of CloudFront', (t) => {
  const contract = cloudfront({ proxyVerifies: true })
  const present = 'cloudfront-viewer-cert-present'
  const pem = 'cloudfront-viewer-cert-pem'
  const hash = 'cloudfront-viewer-cert-sha256'
  t.same(
    contract.headers.map(({ name }) => name),
    [pem, present, hash],
  )
  const sent = { [present]: '1', [pem]: albEscaped.text }
  const [fingerprint = ''] = albEscaped.fingerprints
  t.same(albEscaped.fingerprints, rfcLeaf.fingerprints)
  readEach(t, contract, [
    ['without a hash', sent, verified(albEscaped)],
    ['with a hash', { ...sent, [hash]: fingerprint }, verified(albEscaped)],
    [
      'with a hash in upper case',
      { ...sent, [hash]: fingerprint.toUpperCase() },
      verified(albEscaped),
    ],
    ['without = escaped', { [present]: '1', [pem]: albLiteral }, verified(albEscaped)],
    ['nobody', { [present]: '0' }, missing(`${present} says that the client has no certificate`)],
    ['nothing', {}, missing(`the proxy sent no ${present} or ${pem}`)],
    ['no presence', { [pem]: albEscaped.text }, unverified(`${present} must be exactly 1`)],
    ['presence denied', { ...sent, [present]: '0' }, unverified(`${present} must be exactly 1`)],
    [
      'another presence',
      { ...sent, [present]: 'true' },
      unverified(`${present} must be exactly 1`),
    ],
    [
      'presence alone',
      { [present]: '1', [hash]: fingerprint },
      malformed(`${pem} is missing, although the client has one`),
    ],
    ['a hash alone', { [hash]: fingerprint }, malformed(`${hash} must not be sent without ${pem}`)],
    // the hash in the documentation of AWS
    [
      'the hash of another certificate',
      { ...sent, [hash]: '01fbf94fef5569753420c349f49adbfd80af5275377816e3ab1fb371b29cb586' },
      ambiguous(`${hash} must be the SHA-256 of the certificate in ${pem}`),
    ],
    [
      'a hash with colons',
      { ...sent, [hash]: fingerprint.replaceAll(/(..)(?!$)/gu, '$1:') },
      malformed(`${hash} must be a SHA-256 in hexadecimal`),
    ],
  ])
  readEach(t, cloudfront({ proxyVerifies: false }), [
    ['of a distribution that does not verify', sent, asserted(albEscaped)],
  ])
  t.end()
})
