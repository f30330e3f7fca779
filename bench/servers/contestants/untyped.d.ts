// The libraries that come without types.
declare module 'client-certificate-auth' {
  import type { RequestHandler } from 'express'
  import type { PeerCertificate } from 'node:tls'
  export default function clientCertificateAuth(
    isAuthorized: (certificate: PeerCertificate) => boolean,
  ): RequestHandler
}

declare module 'passport-client-cert' {
  import type { Strategy as PassportStrategy } from 'passport'
  import type { PeerCertificate } from 'node:tls'
  export const Strategy: new (
    verify: (
      certificate: PeerCertificate,
      done: (error: unknown, user: object | false) => void,
    ) => void,
  ) => PassportStrategy
}

declare module 'passport-cert-header' {
  import type { Strategy as PassportStrategy } from 'passport'
  import type { PeerCertificate } from 'node:tls'
  export const Strategy: new (
    options: { readonly header: string },
    verify: (
      forwarded: { readonly cert: PeerCertificate },
      done: (error: unknown, user: object | false) => void,
    ) => void,
  ) => PassportStrategy
}
