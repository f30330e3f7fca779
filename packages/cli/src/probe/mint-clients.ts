import type { CertificateFacts } from '@peergate/core'
import { formatDistinguishedName } from '@peergate/core/material'
import { mintPki } from '@peergate/testkit'
import type { LeafRequest, MintedLeaf } from '@peergate/testkit'
import { formatAddress } from '../certificate/describe-names.js'
import type { Caller, OwnCredentials } from './probe-options.js'
import type { ProbeClient } from './probe-report.js'

/** What each client proves itself with, and whom forged headers claim to be. */
export interface ProbeCredentials {
  /** A client that cannot be made is not there. */
  readonly credentials: ReadonlyMap<ProbeClient, OwnCredentials | null>
  /** PEM: in the names of the caller, as far as they are known, and in those of somebody like the caller. */
  readonly claims: { readonly caller: string; readonly another: string }
}

/**
 * Makes up the clients that a server has to refuse.
 *
 * @param issuer the name of a CA that the server trusts, as RFC 4514 writes it, as far as it is known
 */
export async function mintClients(
  own: Caller | null,
  issuer: string | null,
): Promise<ProbeCredentials> {
  const facts = own === null ? null : own.chain[0]
  const keys = keysLike(facts)
  const stranger = await mintLeaf('CN=Stranger CA', { subject: 'CN=stranger', keys })
  const known = facts === null ? issuer : formatDistinguishedName(facts.issuer)
  const names = namesOf(facts)
  const rogue = known === null ? null : await mintRogue(known, { ...names, keys })
  const another = await mintLeaf('CN=Stranger CA', { ...likeNames(names), keys })
  return {
    credentials: new Map<ProbeClient, OwnCredentials | null>([
      ['nobody', null],
      ['stranger', stranger],
      ...(rogue === null ? [] : [['rogue', rogue] as const]),
      ...(own === null ? [] : [['own', own] as const]),
    ]),
    claims: { caller: (rogue ?? stranger).certificate, another: another.certificate },
  }
}

type Names = Pick<LeafRequest, 'dns' | 'email' | 'ip' | 'keys' | 'subject' | 'upn' | 'uri'>

/** A client shows no certificate whose kind of key the server does not ask for. */
function keysLike(facts: CertificateFacts | null): 'ecdsa-p256' | 'rsa-2048' {
  return facts?.publicKey.algorithm === 'RSA' ? 'rsa-2048' : 'ecdsa-p256'
}

async function mintLeaf(issuer: string, names: Names): Promise<MintedLeaf> {
  const purpose = 'Is there for one probe.'
  const pki = await mintPki({ authorities: { ca: { purpose, subject: issuer } }, leaves: {} })
  return pki.issue({ issuer: 'ca', usage: 'client', ...names })
}

/** Null where a name cannot be written again. */
async function mintRogue(issuer: string, names: Names): Promise<MintedLeaf | null> {
  return mintLeaf(issuer, names).catch(() => null)
}

function namesOf(facts: CertificateFacts | null): Names {
  if (facts === null) return { subject: 'CN=rogue' }
  const names = facts.subjectAlternativeNames
  return {
    subject: formatDistinguishedName(facts.subject),
    dns: names.flatMap((name) => (name.type === 'dNSName' ? [name.value] : [])),
    uri: names.flatMap((name) => (name.type === 'uniformResourceIdentifier' ? [name.value] : [])),
    email: names.flatMap((name) => (name.type === 'rfc822Name' ? [name.value] : [])),
    ip: names.flatMap((name) => (name.type === 'iPAddress' ? [formatAddress(name.bytes)] : [])),
    upn: names
      .flatMap((name) => (name.type === 'otherName' ? [name.value.text] : []))
      .filter((text) => text !== null),
  }
}

/** Names of the same form, which are not the same. */
function likeNames({ dns = [], uri = [], email = [] }: Names): Names {
  return {
    subject: 'CN=another',
    dns: dns.map((name) => `another.${name}`),
    uri: uri.map((name) => `${name}-another`),
    email: email.map((name) => `another-${name}`),
  }
}
