// @ts-check
// What has to hold of the core because it is published as a bundle.

/** The names that {@link coreProgram} takes from each entry. */
export const coreEntries = {
  'node:fs': ['readFileSync', 'writeFileSync'],
  '@peergate/core': ['PeerGateError', 'createPeerGate', 'policyFile', 'spiffe'],
  '@peergate/core/material': ['readPolicyFile'],
  '@peergate/core/options': ['parseOptions', 'strictOptions'],
}

/** Needs `--enable-source-maps`. */
export const coreProgram = `
writeFileSync('policy.yaml', \`
identity: spiffe
permissions: [invoice:read]
grants: [{ identity: spiffe://prod.example/worker, allow: [invoice:read] }]
\`)
const identity = spiffe({ trustDomain: 'prod.example' })
const source = {
  name: 'nobody',
  read() {
    throw new Error('nobody asks')
  },
}
const expected = { path: 'policy.yaml', identity: 'spiffe', permissions: ['invoice:read'] }
createPeerGate({ source, identity, policy: policyFile(expected) })
// A policy that was made by anybody else is refused.
createPeerGate({ source, identity, policy: readPolicyFile('policy.yaml') })

const fault = faultOf(() => parseOptions('consumer', strictOptions({}), { misspelt: true }))
if (!(fault instanceof PeerGateError)) throw new Error('the entries have classes of their own')
const [, path, line] = /\\(([^()]+core.src.options\\.ts):(\\d+):\\d+\\)/u.exec(fault.stack) ?? []
if (path === undefined) throw new Error(\`the stack does not lead to the sources: \${fault.stack}\`)
const thrown = readFileSync(path, 'utf8').split('\\n')[line - 1]
if (!thrown.includes('throw new PeerGateError(')) throw new Error(\`another line: \${thrown}\`)

function faultOf(call) {
  try {
    return call()
  } catch (error) {
    return error
  }
}
`
