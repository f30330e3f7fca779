import { resolve } from 'node:path'
import { inspect } from 'node:util'
import type { IdentityKind } from '../../client-identity.js'
import { optionError } from '../../options.js'
import { createReloader } from '../../reload/reloader.js'
import { createGateEvents } from '../../telemetry/gate-events.js'
import { createReloadEvents } from '../../telemetry/reload-events.js'
import type { Policy } from '../policy.js'
import { parsePolicyFileOptions } from './policy-file-options.js'
import type { PolicyFileOptions, PolicyReloadSuccess } from './policy-file-options.js'
import { createPolicyReader } from './policy-reader.js'

/** A policy in a file, which gates decide by, and which can be read again while they do. */
export interface PolicyFile<
  Kind extends IdentityKind = IdentityKind,
  Permission extends string = string,
> {
  /** Absolute, from the directory in which the process was when it named the file. */
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
  // Once, so that a later change of the directory does not make it the path of another file.
  const path = resolve(parsed.path)
  const read = createPolicyReader({ ...parsed, path })
  const held = createHeldPolicy(read)
  const reloader = createReloader<PolicyReloadSuccess>({
    ...parsed,
    paths: [path],
    // YAML that is cut off between two grants is well-formed, and may lack what denies.
    waitsForStillness: true,
    events: createReloadEvents(createGateEvents(parsed.name, null), 'policy', () => null),
    load: held.load,
  })
  reloader.start()

  const file = Object.freeze({
    path,
    identity: options.identity,
    permissions: Object.freeze([...options.permissions]),
    get policy() {
      // The kind is the one that was asked for, or reading throws.
      return held.policy() as Policy<Kind>
    },
    reload: async () => reloader.reload(),
    close: reloader.stop,
  })
  filesUsers.set(file, held.addUser)
  return file
}

/** The policy that a file holds, in force in the gates that use it. */
interface HeldPolicy {
  readonly policy: () => Policy
  /** Reads the file, and puts in force what it says. */
  readonly load: () => PolicyReloadSuccess
  readonly addUser: AddUser
}

function createHeldPolicy(read: () => Policy): HeldPolicy {
  const users = createUsers()
  let policy = read()
  let isLoading = false

  /** What is done here would be undone, or passed by, when the reload puts in force what it has read. */
  function refuseWithinReload(): void {
    if (isLoading) {
      throw optionError('policyFile', 'a reload must neither begin another nor make a gate')
    }
  }

  function load(): PolicyReloadSuccess {
    const next = read()
    const faults = commitAll(users.prepare(next))
    policy = next
    faults.forEach(warnOfFault)
    return Object.freeze({ error: null, policy })
  }

  return {
    policy: () => policy,
    load() {
      refuseWithinReload()
      isLoading = true
      try {
        return load()
      } finally {
        isLoading = false
      }
    },
    addUser(holder, prepare) {
      refuseWithinReload()
      users.add(holder, prepare)
    },
  }
}

/**
 * Checks whether a policy fits a gate, and gives what puts it in force there.
 *
 * @throws {PeerGateError} then nothing has happened
 */
export type PreparePolicy = (policy: Policy) => () => void

/** Whether `value` was made by {@link policyFile}. */
export function isPolicyFile(value: unknown): value is PolicyFile {
  return filesUsers.has(value as PolicyFile)
}

/**
 * Lets a gate follow the reloads of `file`, for as long as `holder` is in use: what everything holds
 * that decides by the policy of the gate. A guard may be in use longer than its gate.
 */
export function followReloads(file: PolicyFile, holder: object, prepare: PreparePolicy): void {
  const addUser = filesUsers.get(file) as AddUser
  addUser(holder, prepare)
}

const filesUsers = new WeakMap<PolicyFile, AddUser>()

/** The gates that follow a file, none of which it keeps alive. */
interface Users {
  readonly add: AddUser
  readonly prepare: (policy: Policy) => readonly (() => void)[]
}

type AddUser = (holder: object, prepare: PreparePolicy) => void

function createUsers(): Users {
  const prepares = new WeakMap<object, PreparePolicy>()
  let holders: WeakRef<object>[] = []
  return {
    add(holder, prepare) {
      prepares.set(holder, prepare)
      holders.push(new WeakRef(holder))
    },
    prepare(policy) {
      const used = holders.flatMap((holder) => holder.deref() ?? [])
      holders = used.map((holder) => new WeakRef(holder))
      return used.map((holder) => (prepares.get(holder) as PreparePolicy)(policy))
    },
  }
}

/** What was thrown on the way, which leaves no gate behind on the policy before. */
function commitAll(commits: readonly (() => void)[]): readonly unknown[] {
  const faults: unknown[] = []
  for (const commit of commits) {
    try {
      commit()
    } catch (fault) {
      faults.push(fault)
    }
  }
  return faults
}

function warnOfFault(fault: unknown): void {
  process.emitWarning('the policy is in force, but a gate could not report on it', {
    type: 'PeergateWarning',
    code: 'PEERGATE_RELOAD_FAULT',
    detail: inspect(fault),
  })
}
