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
import { readYaml } from './read-yaml.js'
import { refuseCharacters } from './refuse-characters.js'
import { readTextFile } from './text-file.js'
import type { TextFile } from './text-file.js'

/** What the code that names a file relies on. */
export interface Expectation {
  readonly path: string
  readonly identity: IdentityKind
  readonly permissions: readonly string[]
}

/**
 * Reads the policy in a file, and checks it as a whole, as often as it is called. A text that was read
 * the last time is not read again: thousands of grants take seconds, and a file that does not fit is
 * tried at every look.
 *
 * @throws {PeerGateError} ERR_PEERGATE_FILE_UNREADABLE, ERR_PEERGATE_POLICY_FILE_INVALID, or what
 * `definePolicy` throws, with the place in the file
 */
export function createPolicyReader(expectation: Expectation): () => Policy {
  const { path } = expectation
  let lastText: string | undefined
  let recall: () => Policy
  return () => {
    const file = readTextFile('policyFile', path, isJson(path) ? largestJson : largestYaml)
    if (file.text !== lastText) recall = remember(() => readPolicy(file, expectation))
    lastText = file.text
    return recall()
  }
}

/** In MiB: 10,000 grants with all their conditions have about half of it in JSON. */
const largestJson = 8

/** Less, since it takes several times as long to read. */
const largestYaml = 4

/**
 * The policy in a file, for those who look at it and decide nothing by it: whatever kind of identity and
 * permissions it has.
 *
 * @throws {PeerGateError} as {@link createPolicyReader}
 */
export function readPolicyFile(path: string): Policy {
  const file = readTextFile('policyFile', path, isJson(path) ? largestJson : largestYaml)
  return makePolicy(compileFile(file, path))
}

function isJson(path: string): boolean {
  return path.endsWith('.json')
}

/** What `run` gives or throws, as often as it is asked for. */
function remember(run: () => Policy): () => Policy {
  try {
    const policy = run()
    return () => policy
  } catch (error) {
    return () => {
      throw error
    }
  }
}

function readPolicy(file: TextFile, expectation: Expectation): Policy {
  const compiled = compileFile(file, expectation.path)
  refuseUnexpected(compiled, expectation)
  return makePolicy(compiled)
}

function compileFile({ text, placeOf }: TextFile, path: string): CompiledPolicy {
  const fault: FaultAt = (at, what, cause) =>
    new PeerGateError('ERR_PEERGATE_POLICY_FILE_INVALID', `${placeOf(at)}: ${what}`, { cause })
  refuseCharacters(text, fault)
  const root = isJson(path) ? readJson(text, fault) : readYaml(text, fault)
  const locate: Locate = (place) => placeOf(offsetOf(root, place))
  return compilePolicy(contentOf(root, locate), locate)
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
