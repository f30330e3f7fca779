import { loadCertificates } from '#core/tls/load-certificates.js'
import type { LoadedCertificate } from '#core/tls/load-certificates.js'
import { generateKeyPairSync } from 'node:crypto'
import type { KeyPairKeyObjectResult } from 'node:crypto'
import { attribute, extension, extensions, name, signCertificate } from './certificate-encoder.js'
import { boolean, namedBits, sequence, smallInteger, utf8String } from './der-encoder.js'

/** A CA whose key is known, which none of the kit's is. */
export interface OwnAuthority {
  readonly subject: Uint8Array
  readonly keys: KeyPairKeyObjectResult
  readonly loaded: LoadedCertificate
}

interface OwnAuthorityOptions {
  readonly subject?: Uint8Array
  readonly serialNumber?: number
  readonly keys?: KeyPairKeyObjectResult
  readonly issuer?: Omit<OwnAuthority, 'loaded'>
  /** The bits of its key usage. */
  readonly usage?: readonly number[]
}

export function createAuthority({
  subject = commonName('Own'),
  serialNumber = 1,
  keys = generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  issuer = { subject, keys },
  usage = [],
}: OwnAuthorityOptions = {}): OwnAuthority {
  const der = signCertificate(
    {
      serialNumber: smallInteger(serialNumber),
      subject,
      issuer: issuer.subject,
      publicKey: keys.publicKey.export({ type: 'spki', format: 'der' }),
      extensions: extensions(
        extension('2.5.29.19', sequence(boolean(true)), true),
        ...(usage.length === 0 ? [] : [extension('2.5.29.15', namedBits(usage), true)]),
      ),
    },
    issuer.keys.privateKey,
  )
  return { subject, keys, loaded: loadCa('clientCas.payments', pem('CERTIFICATE', der)) }
}

/** A client of `issuer` for TLS, with these extensions. */
export function issueLeaf(
  issuer: OwnAuthority,
  ...list: readonly Uint8Array[]
): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = signCertificate(
    {
      issuer: issuer.subject,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      extensions: extensions(...list),
    },
    issuer.keys.privateKey,
  )
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return { cert: pem('CERTIFICATE', der), key }
}

/** Two CAs, each of which is certified by the other. */
export function createCircle(): readonly [OwnAuthority, OwnAuthority] {
  const [one, other] = ['One', 'Other'].map((text) => ({
    subject: commonName(text),
    keys: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  })) as [Omit<OwnAuthority, 'loaded'>, Omit<OwnAuthority, 'loaded'>]
  return [
    createAuthority({ ...one, issuer: other, serialNumber: 1 }),
    createAuthority({ ...other, issuer: one, serialNumber: 2 }),
  ]
}

/** The CA as the set `payments` would load it. */
export function loadCa(role: string, text: string): LoadedCertificate {
  return loadCertificates(role, text, 'ERR_PEERGATE_CLIENT_CA_INVALID')[0]
}

export function pem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der)
    .toString('base64')
    .replaceAll(/.{1,64}/gu, '$&\n')
  return `-----BEGIN ${label}-----\n${base64}-----END ${label}-----\n`
}

export function commonName(text: string): Uint8Array {
  return name(attribute('2.5.4.3', utf8String(text)))
}
