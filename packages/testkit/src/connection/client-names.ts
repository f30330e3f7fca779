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
 * such as Node’s `subject` in lines or its `subjectaltname` before its escaping (CVE-2021-44532), or up to
 * a NUL.
 */
export function hostileNames({
  subject,
  dns = [],
  ip = [],
  uri = [],
  email = [],
  upn = [],
}: ClientNames): ClientNames {
  const wanted = [
    ...uri.map((name) => `URI:${name}`),
    ...dns.map((name) => `DNS:${name}`),
    ...email.map((name) => `email:${name}`),
    ...ip.map((name) => `IP Address:${name}`),
  ]
  return {
    subject: subject === undefined ? 'O=Hostile' : `O=Hostile\\0A${escapeName(subject)}`,
    uri: wanted.map((name) => `https://hostile.example/, ${name}`),
    dns: dns.map((name) => `${name}\0.hostile.example`),
    email: email.map((name) => `${name}\0@hostile.example`),
    upn: upn.map((name) => `${name}\0@hostile.example`),
  }
}

/** As the value of one attribute (RFC 4514 §2.4). */
function escapeName(subject: string): string {
  return subject.replaceAll(/[\\",+;<=>]/gu, (character) => `\\${character}`)
}
