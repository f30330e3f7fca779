import type { Material, PeerGateError, ReloadOptions } from '@peergate/core'
import {
  isPath,
  materialSchema,
  parseDnsName,
  reloadSchema,
  withRoles,
} from '@peergate/core/material'
import type { ParsedReloadOptions } from '@peergate/core/material'
import { optionError, parseOptions, schemaBy, strictOptions } from '@peergate/core/options'
import * as z from 'zod'
import type { ClientCredentials } from './client-credentials.js'
import type { ClientMaterial, ClientMaterialSource } from './client-material.js'
import { serverRuleSchema } from './server-rule.js'
import type { ServerRule } from './server-rule.js'

/** Who the caller is, whom it calls, and by what it knows them: material in files, or of a source. */
export type ClientIdentityOptions = ClientIdentityRules &
  (
    | (ClientMaterial & { readonly source?: never })
    | {
        readonly source: ClientMaterialSource
        readonly cert?: never
        readonly key?: never
        readonly passphrase?: never
        readonly serverCas?: never
      }
  )

/** Whom a caller calls, and how. */
export interface ClientIdentityRules {
  /**
   * The servers that are shown the certificate, by host name and port: `invoices.example:8443`, or
   * `invoices.example` for port 443. A request to any other host goes without it.
   */
  readonly servers: Readonly<Record<string, ServerRule>>
  /**
   * The CA at which the servers end the chain of this certificate. With it, a chain that does not lead
   * there is an error here, and not at the first handshake.
   */
  readonly clientCa?: Material
  /** The oldest TLS version that is spoken; `TLSv1.2` by default, since the server chooses. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** The newest TLS version that is spoken; `TLSv1.3` by default. */
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3'
  /** When the files are read again; never by default. */
  readonly reload?: ReloadOptions
  /**
   * After a rotation, connections of the older material are cut off when `within` seconds have passed,
   * whatever is in flight on them; 300 by default.
   */
  readonly closing?: { readonly within: number }
  /** Called after every reload, and once for each state of the files that could not be taken. */
  readonly onReload?: (outcome: RotationOutcome) => unknown
  /** Called once for each certificate, `days` before it ends, and at once if it is later already. */
  readonly onExpiring?: (certificate: ClientCredentials['facts']) => unknown
  /** How many days before its end `onExpiring` is called; 7 by default. */
  readonly expiringWithin?: number
}

/** What came of a rotation. After an error, everything is as it was. */
export type RotationOutcome =
  { readonly error: null; readonly serialNumber: string } | { readonly error: PeerGateError }

export interface ParsedClientIdentityOptions {
  /** Gives the material, of files or of a source of the user's own. */
  readonly read: () => ClientMaterial
  readonly watch: ClientMaterialSource['watch'] | undefined
  /** The files that hold the material. */
  readonly paths: readonly string[]
  readonly servers: ReadonlyMap<string, ServerRule>
  readonly clientCa?: Material | undefined
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  readonly reload: ParsedReloadOptions
  readonly closing: { readonly within: number }
  readonly onReload?: ClientIdentityOptions['onReload'] | undefined
  readonly onExpiring?: ClientIdentityOptions['onExpiring'] | undefined
  readonly expiringWithin: number
}

/** @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID */
export function parseClientIdentityOptions(
  options: ClientIdentityOptions,
): ParsedClientIdentityOptions {
  const { servers, ...parsed } = parseOptions('createClientIdentity', schema, options)
  if (parsed.minVersion > parsed.maxVersion) {
    throw optionError('createClientIdentity', 'option "minVersion" is newer than "maxVersion"')
  }
  return { ...parsed, servers: indexServers(servers) }
}

/** A server that is named twice would be held to one of its rules alone. */
function indexServers(servers: Readonly<Record<string, ServerRule>>): Map<string, ServerRule> {
  const rules = new Map<string, ServerRule>()
  for (const [name, rule] of Object.entries(servers)) {
    const target = /:\d+$/u.test(name) ? name : `${name}:443`
    if (rules.has(target)) {
      throw optionError('createClientIdentity', `option "servers" names ${target} twice`)
    }
    rules.set(target, rule)
  }
  return rules
}

const materialShape = {
  cert: materialSchema(),
  key: materialSchema(),
  passphrase: z.string().exactOptional(),
  serverCas: z.union([materialSchema(), z.array(materialSchema()).min(1)], {
    error: 'must be the path of a file, PEM text, bytes of PEM, or a list of these',
  }),
}

const clientMaterialSchema: z.ZodType<ClientMaterial> = strictOptions(materialShape)

const rulesShape = {
  servers: z
    .record(z.string().refine(isAuthority), serverRuleSchema, {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'must be a host name in lower case, with a port or without: "invoices.example:8443"'
          : 'must be servers by name, such as { "invoices.example": {} }',
    })
    .refine((servers) => Object.keys(servers).length > 0, 'must name at least one server'),
  clientCa: materialSchema().exactOptional(),
  minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
  maxVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.3'),
  reload: reloadSchema(),
  closing: strictOptions({ within: z.number().gt(0).max(86_400) }).default({ within: 300 }),
  onReload: z
    .custom<(outcome: RotationOutcome) => unknown>(isFunction, 'must be a function')
    .optional(),
  onExpiring: z
    .custom<NonNullable<ClientIdentityOptions['onExpiring']>>(isFunction, 'must be a function')
    .optional(),
  expiringWithin: z.number().gt(0).max(365).default(7),
}

const filesSchema = strictOptions({ ...materialShape, ...rulesShape }).transform(
  ({ cert, key, passphrase, serverCas, ...rules }) => {
    const material = { cert, key, passphrase, serverCas }
    const materials = [cert, key, serverCas, rules.clientCa ?? []].flatMap(listOf)
    return { ...rules, read: () => material, watch: undefined, paths: materials.filter(isPath) }
  },
)

const sourceSchema = strictOptions({
  source: z.custom<ClientMaterialSource>(isSource, 'must have a method "read"'),
  ...rulesShape,
}).transform(({ source, ...rules }) => ({
  ...rules,
  read: () => parseOptions('source.read', clientMaterialSchema, source.read()),
  watch: source.watch?.bind(source),
  paths: rules.clientCa === undefined ? [] : [rules.clientCa].filter(isPath),
}))

const schema = schemaBy<z.output<typeof filesSchema> | z.output<typeof sourceSchema>>((options) =>
  typeof options === 'object' && options !== null && 'source' in options
    ? sourceSchema
    : filesSchema,
)

function listOf(materials: Material | readonly Material[]): readonly Material[] {
  return withRoles('', materials).map(([, material]) => material)
}

function isSource(value: unknown): boolean {
  const source = value as ClientMaterialSource | null | undefined
  const { watch } = source ?? {}
  return typeof source?.read === 'function' && (watch === undefined || typeof watch === 'function')
}

function isAuthority(text: string): boolean {
  const [, host = '', port] = /^([^:]*)(?::(\d{1,5}))?$/u.exec(text) ?? []
  const name = parseDnsName(host)
  const isPort =
    port === undefined || (Number(port) > 0 && Number(port) < 65_536 && !port.startsWith('0'))
  return 'value' in name && name.value === host && isPort
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}
