import type { IdentityKind } from '../../client-identity.js'
import { PeerGateError } from '../../errors.js'
import { faultAt, unknownName } from '../../options.js'
import type { Locate } from '../../options.js'
import { compilePolicy } from '../compile-policy.js'
import type { CompiledPolicy } from '../compile-policy.js'
import { makePolicy } from '../policy.js'
import type { Policy } from '../policy.js'
import { offsetOf, valueOf } from './document.js'
import type { DocumentNode, FaultAt } from './document.js'
import { readJson } from './read-json.js'
import { readTextFile } from './text-file.js'
import { readYaml } from './read-yaml.js'

/** What the code that names a file relies on. */
export interface Expectation {
  readonly path: string
  readonly identity: IdentityKind
  readonly permissions: readonly string[]
}

/**
 * The policy in a file, checked as a whole.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FILE_UNREADABLE, ERR_PEERGATE_POLICY_FILE_INVALID, or what
 * `definePolicy` throws, with the place in the file
 */
export function readPolicyFile(expectation: Expectation): Policy {
  const { path } = expectation
  const { text, placeOf } = readTextFile('policyFile', path)
  const fault: FaultAt = (at, what, cause) =>
    new PeerGateError('ERR_PEERGATE_POLICY_FILE_INVALID', `${placeOf(at)}: ${what}`, { cause })
  const root = path.endsWith('.json') ? readJson(text, fault) : readYaml(text, fault)
  const locate: Locate = (parts) => placeOf(offsetOf(root, parts))
  const compiled = compilePolicy(contentOf(root, locate), locate)
  refuseUnexpected(compiled, expectation)
  return makePolicy(compiled)
}

/** Without the name of the schema, which is for editors. */
function contentOf(root: DocumentNode, locate: Locate): unknown {
  const value = valueOf(root)
  if (!('entries' in root)) return value
  const { $schema = '', ...content } = value as Readonly<Record<string, unknown>>
  if (typeof $schema !== 'string') {
    throw faultAt(locate, ['$schema'], 'must be of the type string')
  }
  return content
}

function refuseUnexpected(
  { content, locate }: CompiledPolicy,
  { identity, permissions }: Expectation,
): void {
  if (content.identity !== identity) {
    throw faultAt(locate, ['identity'], `must be ${JSON.stringify(identity)}, as the code says`)
  }
  const known = new Set(content.permissions)
  for (const permission of permissions) {
    if (known.has(permission)) continue
    const fault = `lacks what the code names: ${unknownName('permission', permission, known)}`
    throw faultAt(locate, ['permissions'], fault, 'ERR_PEERGATE_PERMISSION_UNKNOWN')
  }
}
