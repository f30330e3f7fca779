import { trustDomain } from '../material.js'
import { certificates, der } from './test-support.js'

/** A certificate that grows with `count`, which is how much there is of what its shape is called after. */
export type CertificateShape = (count: number) => Uint8Array

const { attribute, encodeCertificate, extension, extensions, name, rsaKey } = certificates

/** Certificates that are read to the end, each large in another way; the first is what CAs issue. */
export const certificateShapes: ReadonlyMap<string, CertificateShape> = new Map([
  ['DNS names', (count) => encode({ names: times(99, () => dnsName('a'.repeat(count))) })],
  ['RSA key', (count) => encode({ publicKey: rsaKey(der.integer(bytes(256 + count, 0x7f))) })],
  ['subject in steps', (count) => encode({ subject: steps(count, der.utf8String('a')) })],
  ['issuer in steps', (count) => encode({ issuer: steps(count + 1, der.utf8String('a')) })],
  ['issuer in empty steps', (count) => encode({ issuer: steps(count + 1, der.utf8String('')) })],
  ['issuer without text', (count) => encode({ issuer: steps(count + 1, der.nullValue) })],
  ['issuer of one step', (count) => encode({ issuer: oneStep(count + 1) })],
  ['directory name', (count) => encode({ names: [directoryName(count)] })],
  ...Object.entries({
    'plain text': der.utf8String,
    'text to escape': (text: string) => der.utf8String(text.replaceAll('a', ',')),
    'control characters': (text: string) => der.utf8String(text.replaceAll('a', '\u0001')),
    'format characters': (text: string) => der.utf8String(text.replaceAll('a', '\u202E')),
    'BMP text': der.bmpString,
    'universal text': der.universalString,
  }).map(([text, write]): [string, CertificateShape] => [
    `issuer of ${text}`,
    (count) => encode({ issuer: name(attribute('2.5.4.3', write('a'.repeat(count)))) }),
  ]),
  ['short extensions', (count) => encode({ further: times(count, shortExtension) })],
  ['short purposes', (count) => encode({ purposes: times(count, () => identifier(bytes(1, 1))) })],
  [
    'purposes of many arcs',
    (count) => encode({ purposes: times(count, () => identifier(bytes(64, 1))) }),
  ],
  [
    'purposes of a large arc',
    (count) => encode({ purposes: times(count, () => identifier(largeArc)) }),
  ],
  [
    'address of elements',
    (count) => encode({ names: [address(times(count, () => der.nullValue))] }),
  ],
  ['address that is nested', (count) => encode({ names: [address(times(count, nested))] })],
  ['other names', (count) => encode({ names: times(99, () => otherName('a'.repeat(count))) })],
])

/** A small one. */
export function encodeUsual(): Uint8Array {
  return encode({ names: [dnsName('worker.example')] })
}

interface Shape {
  readonly subject?: Uint8Array
  readonly issuer?: Uint8Array
  readonly publicKey?: Uint8Array
  /** Subject alternative names beside the SPIFFE ID. */
  readonly names?: readonly Uint8Array[]
  /** Extended key usage beside the authentication of clients. */
  readonly purposes?: readonly Uint8Array[]
  readonly further?: readonly Uint8Array[]
}

function encode({ names = [], purposes = [], further = [], ...fields }: Shape): Uint8Array {
  return encodeCertificate({
    ...fields,
    extensions: extensions(
      extension('2.5.29.17', der.sequence(spiffeId, ...names)),
      extension('2.5.29.37', der.sequence(clientAuth, ...purposes)),
      ...further,
    ),
    signatureValue,
  })
}

const spiffeId = der.text(0x86, `spiffe://${trustDomain}/ns/payments/sa/worker`)
const clientAuth = der.objectIdentifier('1.3.6.1.5.5.7.3.2')

/** Numbers below the orders of three curves, for each of which the certificate may have a twin. */
const signatureValue = der.bitString(
  der.sequence(der.integer(bytes(32, 0x61)), der.integer(bytes(32, 0x62))),
)

function bytes(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value)
}

function times<Value>(count: number, create: (index: number) => Value): readonly Value[] {
  return Array.from({ length: count }, (_, index) => create(index))
}

function steps(count: number, value: Uint8Array): Uint8Array {
  return name(...times(count, () => shortAttribute(value)))
}

function oneStep(count: number): Uint8Array {
  return der.sequence(der.setOf(...times(count, () => shortAttribute(der.utf8String('a')))))
}

function shortAttribute(value: Uint8Array): Uint8Array {
  return attribute('0.0', value)
}

function dnsName(text: string): Uint8Array {
  return der.text(0x82, text)
}

function directoryName(count: number): Uint8Array {
  return der.tlv(0xa4, steps(count, der.utf8String('a')))
}

function otherName(text: string): Uint8Array {
  return der.tlv(0xa0, der.objectIdentifier('1.2.3'), der.explicit(0, der.utf8String(text)))
}

/** Of those that nobody knows, none may occur twice. */
function shortExtension(index: number): Uint8Array {
  return extension(`0.1.${index}`, new Uint8Array())
}

function identifier(arcs: Uint8Array): Uint8Array {
  return der.tlv(0x06, arcs)
}

/** As long as an object identifier may be. */
const largeArc = Uint8Array.of(...bytes(63, 0xff), 0x7f)

/** What is in an x400Address is not read, and must be DER all the same. */
function address(elements: readonly Uint8Array[]): Uint8Array {
  return der.tlv(0xa3, ...elements)
}

/** As deep as it may be. */
function nested(): Uint8Array {
  return times(14, () => null).reduce<Uint8Array>((inner) => der.sequence(inner), der.nullValue)
}
