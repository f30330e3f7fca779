import * as z from 'zod'
import { parseDnsName } from '../identity-value/dns-name.js'
import { lazily } from '../lazily.js'
import { strictOptions } from '../options.js'
import { clientCaSetSchema } from './client-ca-set.js'
import type { ClientCasOptions } from './client-cas.js'
import { materialSchema } from './material.js'
import type { Material } from './material.js'

/** The name of a host in lower case; null where a TLS gate answers to every name alike. */
export type HostName = string | null

/** What a server proves itself with, and whose clients may connect to it. */
export interface HostOptions {
  readonly server: ServerCredentials
  /**
   * The CAs whose clients may connect, by the name of their set: `{ payments: 'payments-ca.pem' }`.
   * Public roots are never added.
   */
  readonly clientCas: ClientCasOptions
}

export interface ServerCredentials {
  /** The leaf certificate, followed by its intermediates. */
  readonly cert: Material
  readonly key: Material
  /** Only for an encrypted key. */
  readonly passphrase?: string | undefined
}

/** The options of one host, as a part of others. */
export const hostShape: () => {
  readonly server: z.ZodType<ServerCredentials>
  readonly clientCas: z.ZodType<ClientCasOptions>
} = lazily(() => ({
  server: strictOptions({
    cert: materialSchema(),
    key: materialSchema(),
    passphrase: z.string().optional(),
  }),
  clientCas: z
    .record(z.string().min(1), clientCaSetSchema(), {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must have a name'
          : 'must be sets of CAs by name, such as { payments: "payments-ca.pem" }',
    })
    .refine((sets) => Object.keys(sets).length > 0, 'must name at least one set of CAs'),
}))

export const hostsSchema: () => z.ZodType<Readonly<Record<string, HostOptions>>> = lazily(() =>
  z
    .record(z.string().refine(isHostName), strictOptions(hostShape()), {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must be the DNS name of a host, in lower case and without a dot at its end'
          : 'must be hosts by name, such as { "payments.example": { server, clientCas } }',
    })
    .refine((hosts) => Object.keys(hosts).length > 0, 'must name at least one host'),
)

function isHostName(text: string): boolean {
  const name = parseDnsName(text)
  return 'value' in name && name.value === text
}
