import type { X509Certificate } from 'node:crypto'
import { openCertificate } from '@peergate/core/material'
import type { Problem } from './inspection.js'

/** A certificate of a file, where it is a leaf or an intermediate. */
export interface ChainLink {
  readonly der: Uint8Array
  readonly isAuthority: boolean
}

/** What is wrong with the certificates of a file as a chain, in the order in which they stand. */
export function chainProblems(links: readonly ChainLink[]): readonly Problem[] {
  const leaves = links.filter(({ isAuthority }) => !isAuthority).length
  if (leaves === 0 || links.length < 2) return []
  if (leaves > 1) {
    const what = `it holds ${leaves} certificates that are no CAs; a chain has one`
    return [{ what, remedy: 'give each its own file' }]
  }
  if (links[0]?.isAuthority === true) {
    return [
      { what: 'its leaf does not stand first', remedy: 'put the leaf first, its issuer behind it' },
    ]
  }
  return stepProblems(links.map(({ der }) => openCertificate(der)))
}

function stepProblems(chain: readonly X509Certificate[]): readonly Problem[] {
  return chain.slice(0, -1).flatMap((certificate, at) => {
    if (isSignedBy(certificate, chain[at + 1])) return []
    const place = `certificate ${at + 1}`
    const issuer = chain.findIndex(
      (other) => other !== certificate && isSignedBy(certificate, other),
    )
    if (issuer !== -1) {
      const what = `the issuer of ${place} is certificate ${issuer + 1}, and not the one behind it`
      return [{ what, remedy: 'put each certificate before its issuer' }]
    }
    const what = `the issuer of ${place} is missing, and what stands behind it is another’s`
    return [{ what, remedy: 'put the certificate of its issuer behind it' }]
  })
}

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate | undefined): boolean {
  return (
    issuer !== undefined && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
  )
}
