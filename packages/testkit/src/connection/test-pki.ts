import type { ClientCaSetOptions } from '@peergate/core'
import { optionError, parseOptions, strictOptions, unknownName } from '@peergate/core/options'
import * as z from 'zod'
import { mintPki } from '../mint-pki.js'
import type { MintedLeaf, Pki } from '../mint-pki.js'
import type { LeafRequest, PkiDeclaration } from '../pki-declaration.js'
import { clientKinds } from './client-kinds.js'
import type { ClientKind } from './client-kinds.js'
import { hostileNames, twoOfEach } from './client-names.js'
import type { ClientNames } from './client-names.js'

/** What a client proves itself with, and whom it trusts. */
export interface TestClientCredentials {
  /** The kind, or the subject of a certificate that was issued by request. */
  readonly name: string
  /** What there is about the certificate, to stand behind "a client". */
  readonly label: string
  /** PEM of the CA of the server. */
  readonly serverCa: string
  /** PEM text of the certificate, and of the intermediates that the client sends; null for none. */
  readonly certificate: string | null
  /** PEM text in PKCS #8; null without a certificate. */
  readonly key: string | null
}

/** A client that is issued by request: the names of the PKI and its client CA, unless stated. */
export type TestClientRequest = Omit<Partial<LeafRequest>, 'issuer'>

/** A throw-away PKI for the tests of one service: its server, its client CAs, and every client. */
export interface TestPki {
  /** What a server shows, for `localhost` and 127.0.0.1: the option `server` of a TLS gate. */
  readonly server: { readonly cert: string; readonly key: string }
  /** PEM of the CA of the server, for other clients than those of this kit. */
  readonly serverCa: string
  /** The option `clientCas` of a TLS gate: one set, `clients`, with the intermediates and the revocation lists. */
  readonly clientCas: { readonly clients: ClientCaSetOptions & { readonly anchors: string } }
  /** The PKI beneath, whose authorities are `server-ca`, `client-ca`, `client-intermediate`, and others. */
  readonly pki: Pki
  /**
   * A client of this kind, which is minted when it is first asked for and the same from then on.
   *
   * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID for a kind that is not known
   */
  readonly client: (kind: ClientKind) => Promise<TestClientCredentials>
  /** A client whose certificate ends this many seconds from now. */
  readonly expiringClient: (seconds: number) => Promise<TestClientCredentials>
  /** A client with a certificate as requested. */
  readonly issueClient: (request?: TestClientRequest) => Promise<TestClientCredentials>
}

export interface TestPkiOptions {
  /**
   * Who the accepted client is, as its certificate names it: `uri` for SPIFFE IDs and URIs, `dns`, `ip`,
   * `email`, `upn`, or a `subject` with a common name. `spiffe://test.example/client` by default.
   */
  readonly identity?: ClientNames
}

/**
 * Mints the PKI that a test of a service needs, in memory.
 *
 * @throws {PeerGateError} ERR_PEERGATE_OPTION_INVALID naming the first fault of `identity`
 *
 * @example
 * ```ts
 * const pki = await createTestPki({ identity: { uri: ['spiffe://prod.example/ns/payments/sa/api'] } })
 * const tls = createTlsGate({ server: pki.server, clientCas: pki.clientCas })
 * const expired = await pki.client('expired')
 * ```
 */
export async function createTestPki(options: TestPkiOptions = {}): Promise<TestPki> {
  const { identity = defaultNames } = parseOptions('createTestPki', optionsSchema, options)
  const names: ClientNames = identity
  const pki = await mintPki(declaration)
  const issue = async (request: Partial<LeafRequest>): Promise<MintedLeaf> =>
    pki.issue({ issuer: 'client-ca', subject: 'CN=client', usage: 'client', ...names, ...request })
  const revoked = await issue({})
  const lists = await issueLists(pki, revoked)
  const serverCa = pki.authority('server-ca').certificate
  const minted = new Map<ClientKind, Promise<TestClientCredentials>>()

  async function mint(kind: ClientKind): Promise<TestClientCredentials> {
    const { label } = clientKinds[kind]
    if (kind === 'none') return { name: kind, label, serverCa, certificate: null, key: null }
    const { certificate, key } =
      kind === 'revoked' ? revoked : await mintByKind[kind]({ issue, names })
    return { name: kind, label, serverCa, certificate, key }
  }

  async function issueClient(request: TestClientRequest = {}): Promise<TestClientCredentials> {
    const { certificate, key } = await issue(request)
    const name = request.subject ?? names.subject ?? 'CN=client'
    return { name, label: 'with a certificate of its own', serverCa, certificate, key }
  }

  const { certificate: cert, key } = pki.leaf('server')
  const anchors = pki.authority('client-ca').certificate
  const issuers = listedIssuers.map((role) => pki.authority(role).certificate)
  return {
    server: { cert, key },
    serverCa,
    clientCas: { clients: { anchors, issuers, revocation: { lists } } },
    pki,
    async client(kind) {
      if (!Object.hasOwn(clientKinds, kind)) {
        throw optionError('pki.client', unknownName('kind', kind, Object.keys(clientKinds)))
      }
      const known = minted.get(kind) ?? mint(kind)
      minted.set(kind, known)
      return known
    },
    issueClient,
    async expiringClient(seconds) {
      const parsed = parseOptions('pki.expiringClient', secondsSchema, seconds)
      return issueClient({ validity: { from: '-1h', to: `+${parsed}s` } })
    },
  }
}

const defaultNames: ClientNames = { uri: ['spiffe://test.example/client'] }

const purpose = 'Is there for one test.'

/** The intermediates that the server knows. */
const listedIssuers = ['client-intermediate', 'client-issuing'] as const

async function issueLists(pki: Pki, revoked: MintedLeaf): Promise<readonly string[]> {
  const lists = ['client-ca', ...listedIssuers].map(async (issuer) => {
    const serialNumbers = issuer === 'client-ca' ? [revoked.serialNumber] : []
    const { pem } = await pki.revocationList({ issuer, serialNumbers })
    return pem
  })
  return Promise.all(lists)
}

const declaration: PkiDeclaration = {
  authorities: {
    'server-ca': { purpose, subject: 'CN=Test Server CA' },
    'client-ca': { purpose, subject: 'CN=Test Client CA' },
    'client-intermediate': {
      purpose,
      subject: 'CN=Test Client Intermediate',
      issuer: 'client-ca',
    },
    'client-issuing': {
      purpose,
      subject: 'CN=Test Client Issuing CA',
      issuer: 'client-intermediate',
    },
    'client-unlisted': { purpose, subject: 'CN=Test Client Unlisted CA', issuer: 'client-ca' },
    'rogue-ca': { purpose, subject: 'CN=Test Client CA', keyIdentifierOf: 'client-ca' },
    'wrong-ca': { purpose, subject: 'CN=Another Client CA' },
  },
  leaves: {
    server: {
      purpose,
      issuer: 'server-ca',
      subject: 'CN=localhost',
      usage: 'server',
      dns: ['localhost'],
      ip: ['127.0.0.1'],
    },
  },
}

interface MintContext {
  readonly issue: (request: Partial<LeafRequest>) => Promise<MintedLeaf>
  readonly names: ClientNames
}

type Minted = Pick<MintedLeaf, 'certificate' | 'key'>

const mintByKind: Readonly<
  Record<Exclude<ClientKind, 'none' | 'revoked'>, (context: MintContext) => Promise<Minted>>
> = {
  accepted: async ({ issue }) => issue({}),
  expired: async ({ issue }) => issue({ validity: { from: '-2d', to: '-1h' } }),
  'not-yet-valid': async ({ issue }) => issue({ validity: { from: '+1h', to: '+2d' } }),
  'wrong-ca': async ({ issue }) => issue({ issuer: 'wrong-ca' }),
  'rogue-ca': async ({ issue }) => issue({ issuer: 'rogue-ca' }),
  'missing-intermediate': async ({ issue }) => issue({ issuer: 'client-unlisted', chain: false }),
  'wrong-order': async ({ issue }) => turnAround(await issue({ issuer: 'client-issuing' })),
  'wrong-purpose': async ({ issue }) => issue({ usage: 'server' }),
  'ca-as-client': async ({ issue }) => issue({ ca: true }),
  'weak-key': async ({ issue }) => issue({ keys: 'rsa-1024' }),
  oversize: async ({ issue }) => issue({ dns: manyNames() }),
  async 'mismatched-key'({ issue }) {
    const [{ certificate }, { key }] = await Promise.all([issue({}), issue({})])
    return { certificate, key }
  },
  'several-identities': async ({ issue, names }) => issue(twoOfEach(names)),
  'no-identity': async ({ issue }) => issue({ ...noNames, subject: 'O=Nobody' }),
  'hostile-names': async ({ issue, names }) => issue({ ...noNames, ...hostileNames(names) }),
}

const noNames = { subject: '', dns: [], ip: [], uri: [], email: [], upn: [] } as const

/** The leaf first, as it has to be, and what stands behind it the other way round. */
function turnAround({ certificate, key }: MintedLeaf): Minted {
  const [leaf = '', ...chain] = certificate.split(/(?<=-----END CERTIFICATE-----\n)/u)
  return { certificate: [leaf, ...chain.toReversed()].join(''), key }
}

/** More than the 100 KiB that OpenSSL takes of certificates (`SSL_MAX_CERT_LIST_DEFAULT`). */
function manyNames(): readonly string[] {
  return Array.from({ length: 5000 }, (_, index) => `host-${index}.names.oversize.example`)
}

const secondsSchema = z
  .number('must be a number of seconds')
  .int('must be a whole number of seconds')
  .min(1, 'must be at least 1 second')
  .max(999_999, 'must be at most 999999 seconds')

const namesSchema = z.array(z.string()).exactOptional()

const optionsSchema = strictOptions({
  identity: strictOptions({
    subject: z.string().exactOptional(),
    dns: namesSchema,
    ip: namesSchema,
    uri: namesSchema,
    email: namesSchema,
    upn: namesSchema,
  })
    .refine((names) => Object.values(names).some(({ length }) => length > 0), 'must hold a name')
    .exactOptional(),
})
