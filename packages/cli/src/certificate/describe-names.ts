import type { PeerCertificate, SubjectAlternativeName } from '@peergate/core'
import { formatDistinguishedName } from '@peergate/core'

/** The subject alternative names of a certificate, each behind its type, in their order. */
export function describeNames({ subjectAlternativeNames }: PeerCertificate): readonly string[] {
  return subjectAlternativeNames.map(describeName)
}

function describeName(name: SubjectAlternativeName): string {
  switch (name.type) {
    case 'iPAddress':
      return `IP ${formatAddress(name.bytes)}`
    case 'otherName':
      return `${otherNameType(name.typeId)} ${name.value.text ?? hex(name.value.der)}`
    case 'directoryName':
      return `directory name ${formatDistinguishedName(name.value)}`
    case 'x400Address':
    case 'ediPartyName':
      return `${name.type} ${hex(name.der)}`
    case 'uniformResourceIdentifier':
    case 'dNSName':
    case 'rfc822Name':
    case 'registeredID':
      break
  }
  return `${textTypes[name.type]} ${name.value}`
}

const textTypes = {
  uniformResourceIdentifier: 'URI',
  dNSName: 'DNS',
  rfc822Name: 'e-mail',
  registeredID: 'registered ID',
} as const

function otherNameType(typeId: string): string {
  return typeId === principalName ? 'UPN' : `other name ${typeId}`
}

/** The user principal name of Microsoft’s directories. */
const principalName = '1.3.6.1.4.1.311.20.2.3'

/** 4 or 16 bytes in the usual form. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from(hex(bytes).matchAll(/.{4}/gu), ([group]) => group)
  return groups.map((group) => group.replace(/^0{1,3}/u, '')).join(':')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
