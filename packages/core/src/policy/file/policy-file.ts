import type { IdentityKind } from '../../client-identity.js'
import { createReloader } from '../../reload/reloader.js'
import type { Policy } from '../policy.js'
import { parsePolicyFileOptions } from './policy-file-options.js'
import type { PolicyFileOptions, PolicyReloadSuccess } from './policy-file-options.js'
import { createPolicyReader } from './policy-reader.js'

/** A policy in a file, which gates decide by, and which can be read again while they do. */
export interface PolicyFile<
  Kind extends IdentityKind = IdentityKind,
  Permission extends string = string,
> {
  readonly path: string
  readonly identity: Kind
  /** The permissions that the code names; the file may have more. */
  readonly permissions: readonly Permission[]
  /** What the file said when it was last found to be in order. */
  readonly policy: Policy<Kind>
  /**
   * Reads the file again and, if it is in order and fits every gate that uses it, puts it in force in
   * all of them at once. Decisions that have begun finish on the policy before.
   *
   * @throws {PeerGateError} what {@link policyFile} throws, and what `gate.setPolicy` does; then
   * everything stays as it was.
   */
  readonly reload: () => Promise<PolicyReloadSuccess>
  /** Stops looking at the file and signals. The policy stays in force. */
  readonly close: () => void
}

/**
 * The policy in a file, for {@link createPeerGate} to take in the place of one that is written in
 * code. The content is the same; routes are typed by the `permissions` given here.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID, ERR_PEERGATE_FILE_UNREADABLE,
 * ERR_PEERGATE_POLICY_FILE_INVALID, or what `definePolicy` throws, with file, line and column:
 * `policy.yaml:12:5: option "grants.3.allow" …`
 *
 * @example
 * ```ts
 * const policy = policyFile({
 *   path: '/etc/invoices/policy.yaml',
 *   identity: 'spiffe',
 *   permissions: ['invoice:read', 'invoice:write'],
 *   reload: { every: 1 },
 *   onReload: ({ error }) => error !== null && log.error(error, 'the old policy stays in force'),
 * })
 * const gate = createPeerGate({ source, identity: spiffe({ trustDomain: 'prod.example' }), policy })
 * ```
 */
export function policyFile<const Kind extends IdentityKind, const Permission extends string>(
  options: PolicyFileOptions<Kind, Permission>,
): PolicyFile<Kind, Permission> {
  const parsed = parsePolicyFileOptions(options)
  const read = createPolicyReader(parsed)
  const users: PreparePolicy[] = []
  const reloader = createReloader<PolicyReloadSuccess>({
    ...parsed,
    paths: [parsed.path],
    // YAML that is cut off between two grants is well-formed, and may lack what denies.
    waitsForStillness: true,
    load() {
      const next = read()
      const commits = users.map((prepare) => prepare(next))
      for (const commit of commits) commit()
      policy = next
      return Object.freeze({ error: null, policy })
    },
  })
  let policy = read()
  reloader.start()

  const file = Object.freeze({
    path: parsed.path,
    identity: options.identity,
    permissions: Object.freeze([...options.permissions]),
    get policy() {
      // The kind is the one that was asked for, or reading throws.
      return policy as Policy<Kind>
    },
    reload: async () => reloader.reload(),
    close: reloader.stop,
  })
  usersByFile.set(file, users)
  return file
}

/**
 * Checks whether a policy fits a gate, and gives what puts it in force there, which does not throw.
 *
 * @throws {PeerGateError} then nothing has happened
 */
export type PreparePolicy = (policy: Policy) => () => void

/** Whether `value` was made by {@link policyFile}. */
export function isPolicyFile(value: unknown): value is PolicyFile {
  return usersByFile.has(value as PolicyFile)
}

/** Lets a gate follow the reloads of `file`. */
export function followReloads(file: PolicyFile, prepare: PreparePolicy): void {
  const users = usersByFile.get(file) as PreparePolicy[]
  users.push(prepare)
}

const usersByFile = new WeakMap<PolicyFile, PreparePolicy[]>()
