import { Command } from 'commander'
import type { ExitCode } from './output/exit-code.js'
import type { Terminal } from './output/terminal.js'
import type { CertsFlags } from './certs/run-certs.js'
import type { DecodeFlags } from './decode/run-decode.js'
import type { ExplainFlags } from './policy/run-policy.js'
import type { ProbeFlags } from './probe/probe-options.js'

/**
 * The commands and their help. Nothing but the parser is loaded for it: each command brings what it
 * needs when it is run.
 *
 * @param end is told how a command ended
 */
export function createProgram(terminal: Terminal, end: (code: ExitCode) => void): Command {
  const program = new Command('peergate')
    .description('Look at mutual TLS as its clients see it, and at what identities are read from.')
    .addHelpText('after', exitStatus)
  configure(program, terminal)
  for (const add of [addProbe, addInspect, addDecode, addPolicy, addCerts]) {
    add(program, terminal, end)
  }
  return program
}

/** Of every command, since they take it over from the program. */
function configure(program: Command, { write, writeError, columns, hasColors }: Terminal): void {
  program
    .exitOverride()
    .configureOutput({
      writeOut: write,
      writeErr: writeError,
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      getOutHasColors: () => hasColors,
      getErrHasColors: () => hasColors,
    })
    .showHelpAfterError('(peergate --help shows what there is)')
}

const exitStatus = `
Exit status:
  0  what was looked at is as it should be
  1  something is not; the output says what
  2  the command was not understood
  3  it could not be carried out, so that nothing is known`

function addProbe(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('probe')
    .description('Connect to a server as no one, as a stranger, as a rogue and as yourself.')
    .argument('<url>', 'https://host:port/path of a GET request that needs an identity')
    .option('--cert <file>', 'your own certificate, and its intermediates behind it, in PEM')
    .option('--key <file>', 'its private key, in PEM')
    .option('--ca <file>', 'the CAs of the server, in PEM; those of Node without it')
    .option('--servername <name>', 'the name to ask for, where it is not that of the URL')
    .option('--method <method>', 'GET or HEAD', 'GET')
    .option('--timeout <seconds>', 'for each connection', '10')
    .option('--forge', 'send identity headers that are made up, and see whether they are believed')
    .option(
      '--forge-header <header>',
      '"Name: value" to send as well; may be repeated',
      collect,
      [],
    )
    .option('--json', 'print the report as JSON')
    .addHelpText('after', probeHelp)
    .action(async (url: string, flags: ProbeFlags & { readonly json?: boolean }) => {
      const { runProbe } = await import('./probe/run-probe.js')
      end(await runProbe(url, flags, terminal))
    })
}

const probeHelp = `
Every client connects over TLS 1.2 and over TLS 1.3, and makes one request. A
client is reported as answered when a byte of an answer came, and not before:
in TLS 1.3 it takes its handshake for done while the server still judges it.

Without --forge nothing is sent that a server could take for an attack; with it
the server is sent headers by which proxies name their clients.

Examples:
  peergate probe https://localhost:8443/whoami --ca certs/server-ca.pem \\
    --cert certs/worker.pem --key certs/worker-key.pem
  peergate probe https://api.example/ --json | jq .clientCertificates
${exitStatus}`

interface JsonFlag {
  readonly json?: boolean
}

function addInspect(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('inspect')
    .description('Say what a certificate, chain, bundle or revocation list is, and what is wrong.')
    .argument('<file...>', 'PEM or DER')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', inspectHelp)
    .action(async (files: readonly string[], flags: JsonFlag) => {
      const { runInspect } = await import('./inspect/run-inspect.js')
      end(runInspect(files, flags, terminal))
    })
}

const inspectHelp = `
Of each certificate it says where it fits and which identity each rule takes
from it, and of a chain whether every certificate stands before its issuer.

Examples:
  peergate inspect certs/worker.pem
  peergate inspect /etc/ssl/client-cas.pem revoked.crl --json
${exitStatus}`

function addDecode(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('decode')
    .description('Say what forwarded identity headers say, and why they would be refused.')
    .argument('[header...]', '"Name: value"; from the standard input, a line each, without any')
    .requiredOption('--contract <name>', 'the proxy whose headers they are, such as nginx')
    .option('--set <option=value>', 'an option of the contract; may be repeated', collect, [])
    .option('--accept-assertions', 'as a source does that states maxAssertionAge')
    .option('--json', 'print what was read as JSON')
    .addHelpText('after', decodeHelp)
    .action(async (headers: readonly string[], flags: DecodeFlags) => {
      const { runDecode } = await import('./decode/run-decode.js')
      end(await runDecode(headers, flags, terminal))
    })
}

const decodeHelp = `
Without --set, headers have the names that the examples of Peergate give them,
and nobody vouches that the proxy verifies its clients.

Examples:
  peergate decode --contract envoy-xfcc --set proxyVerifies=true \\
    'X-Forwarded-Client-Cert: Hash=…;URI=spiffe://prod.example/worker'
  pbpaste | peergate decode --contract nginx --set certificate=X-Client-Cert
${exitStatus}`

function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text]
}

function addPolicy(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const policy = program
    .command('policy')
    .description('Check a policy file, explain a decision, list who holds what.')
  policy
    .command('check')
    .description('Say what is wrong with a policy file, with line and column.')
    .argument('<file>', 'JSON or YAML')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', exitStatus)
    .action(async (file: string, flags: JsonFlag) => {
      const { runPolicyCheck } = await import('./policy/run-policy.js')
      end(runPolicyCheck(file, flags, terminal))
    })
  policy
    .command('explain')
    .description('Say why an identity holds a permission or does not; exit status 1 if not.')
    .argument('<file>', 'JSON or YAML')
    .requiredOption('--identity <identity>', 'in the form of the policy’s kind')
    .requiredOption('--permission <permission>', 'of the policy’s vocabulary')
    .option('--trust-set <name>', 'the client CA set that admitted the identity')
    .option('--param <name=value>', 'a parameter of the route; may be repeated', collect, [])
    .option('--json', 'print the explanation as JSON')
    .addHelpText('after', explainHelp)
    .action(async (file: string, flags: ExplainFlags) => {
      const { runPolicyExplain } = await import('./policy/run-policy.js')
      end(runPolicyExplain(file, flags, terminal))
    })
  policy
    .command('inventory')
    .description('List every permission and the grants that give or deny it.')
    .argument('<file>', 'JSON or YAML')
    .option('--json', 'print the inventory as JSON')
    .addHelpText('after', exitStatus)
    .action(async (file: string, flags: JsonFlag) => {
      const { runPolicyInventory } = await import('./policy/run-policy.js')
      end(runPolicyInventory(file, flags, terminal))
    })
}

const explainHelp = `
Example:
  peergate policy explain policy.yaml --permission invoice:write \\
    --identity spiffe://prod.example/ns/payments/sa/export --param tenant=acme
${exitStatus}`

function addCerts(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  program
    .command('certs')
    .description('Mint certificates for development from a declaration; never for production.')
    .argument('<declaration>', 'a JSON file of authorities and leaves, by role')
    .requiredOption('--out <directory>', 'where the files are written, one or two for each role')
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', certsHelp)
    .action(async (file: string, flags: CertsFlags) => {
      const { runCerts } = await import('./certs/run-certs.js')
      end(await runCerts(file, flags, terminal))
    })
}

const certsHelp = `
Everything is minted again when a file is missing or changed, when the
declaration changed, or when two thirds of a life are over; else nothing is
touched. Keys of authorities are never written.

Example:
  peergate certs certs/declaration.json --out certs
${exitStatus}`
