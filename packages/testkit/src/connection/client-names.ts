import type { LeafRequest } from '../pki-declaration.js'

/** The names in a client certificate that an identity can be read from. */
export type ClientNames = Partial<
  Pick<LeafRequest, 'dns' | 'email' | 'ip' | 'subject' | 'upn' | 'uri'>
>

/** With each name another one of its kind, so that whatever rule is read finds two. */
export function twoOfEach({ subject, dns, ip, uri, email, upn }: ClientNames): ClientNames {
  const names = { dns: dns?.[0], ip: ip?.[0], uri: uri?.[0], email: email?.[0], upn: upn?.[0] }
  return {
    ...(subject !== undefined && { subject: `${subject}+CN=another` }),
    ...(names.dns !== undefined && { dns: [names.dns, `another.${names.dns}`] }),
    ...(names.ip !== undefined && { ip: [names.ip, '192.0.2.253'] }),
    ...(names.uri !== undefined && { uri: [names.uri, `${names.uri}-another`] }),
    ...(names.email !== undefined && { email: [names.email, `another-${names.email}`] }),
    ...(names.upn !== undefined && { upn: [names.upn, `another-${names.upn}`] }),
  }
}

/**
 * Names of somebody else that become those of the client where they are read from a text with all names,
 * such as Node’s `subjectaltname` before its escaping (CVE-2021-44532), or up to a NUL.
 */
export function hostileNames({
  dns = [],
  ip = [],
  uri = [],
  email = [],
}: ClientNames): ClientNames {
  const wanted = [
    ...uri.map((name) => `URI:${name}`),
    ...dns.map((name) => `DNS:${name}`),
    ...email.map((name) => `email:${name}`),
    ...ip.map((name) => `IP Address:${name}`),
  ]
  return {
    subject: 'O=Hostile',
    uri: wanted.map((name) => `https://hostile.example/, ${name}`),
    dns: dns.map((name) => `${name}\0.hostile.example`),
    email: email.map((name) => `${name}\0@hostile.example`),
  }
}
