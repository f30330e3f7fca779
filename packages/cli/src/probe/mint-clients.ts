import { X509Certificate } from 'node:crypto'
import { parseCertificate } from '@peergate/core'
import type { CertificateFacts } from '@peergate/core'
import { formatDistinguishedName } from '@peergate/core/material'
import { mintPki } from '@peergate/testkit'
import type { LeafRequest, MintedLeaf } from '@peergate/testkit'
import type { OwnCredentials } from './probe-options.js'
import type { ProbeClient } from './probe-report.js'

/** What each client proves itself with; a client that cannot be made is not there. */
export type ProbeCredentials = ReadonlyMap<ProbeClient, OwnCredentials | null>

/**
 * Makes up the clients that a server has to refuse.
 *
 * @param issuer the name of a CA that the server trusts, as RFC 4514 writes it, as far as it is known
 */
export async function mintClients(
  own: OwnCredentials | null,
  issuer: string | null,
): Promise<ProbeCredentials> {
  const facts = own === null ? null : parseCertificate(new X509Certificate(own.certificate).raw)
  const known = facts === null ? issuer : formatDistinguishedName(facts.issuer)
  const rogue = known === null ? null : await mintRogue(known, namesOf(facts))
  return new Map<ProbeClient, OwnCredentials | null>([
    ['nobody', null],
    ['stranger', await mintLeaf('CN=Stranger CA', { subject: 'CN=stranger' })],
    ...(rogue === null ? [] : [['rogue', rogue] as const]),
    ...(own === null ? [] : [['own', own] as const]),
  ])
}

type Names = Pick<LeafRequest, 'dns' | 'email' | 'subject' | 'uri'>

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
  const of = (wanted: string): string[] =>
    facts.subjectAlternativeNames.flatMap((name) =>
      name.type === wanted && 'value' in name && typeof name.value === 'string' ? [name.value] : [],
    )
  return {
    subject: formatDistinguishedName(facts.subject),
    dns: of('dNSName'),
    uri: of('uniformResourceIdentifier'),
    email: of('rfc822Name'),
  }
}
