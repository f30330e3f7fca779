import type { PeerGateError } from '@peergate/core'
import type { AuthorityDeclaration, LeafDeclaration, PkiDeclaration } from '@peergate/testkit'

export const authority: AuthorityDeclaration = { purpose: 'Signs.', subject: 'CN=CA,O=Example' }

export const leaf: LeafDeclaration = {
  purpose: 'Presents itself.',
  issuer: 'ca',
  subject: 'CN=leaf,O=Example',
  usage: 'client',
}

/** Servers and clients below a root and its intermediate, and two roots that imitate it. */
export const declaration: PkiDeclaration = {
  authorities: {
    ca: authority,
    intermediate: { ...authority, subject: 'CN=Intermediate,O=Example', issuer: 'ca' },
    namesake: authority,
    rogue: { ...authority, keyIdentifierOf: 'ca' },
  },
  leaves: {
    server: { ...leaf, usage: 'server', dns: ['localhost'], ip: ['127.0.0.1', '::1'] },
    client: { ...leaf, issuer: 'intermediate' },
    'client-without-intermediate': { ...leaf, issuer: 'intermediate', chain: false },
    'namesake-client': { ...leaf, issuer: 'namesake' },
    'rogue-client': { ...leaf, issuer: 'rogue' },
    'expired-client': { ...leaf, validity: { from: '-2d', to: '-1d' } },
    'future-client': { ...leaf, validity: { from: '+1d', to: '+2d' } },
    'server-only-client': { ...leaf, usage: 'server' },
  },
}

/** What `minting` is refused with: the code and the whole detail. */
export async function refusal(minting: () => unknown): Promise<string> {
  const outcome: unknown = await Promise.resolve()
    .then(minting)
    .catch((error: unknown) => error)
  const { code, detail } = outcome as PeerGateError
  return `${code}: ${detail}`
}
