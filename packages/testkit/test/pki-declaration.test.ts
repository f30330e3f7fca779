import { mintPki } from '@peergate/testkit'
import type { PkiDeclaration } from '@peergate/testkit'
import t from 'tap'
import { authority, declaration, leaf, refusal } from './pki-fixture.js'

const role = 'must be named by words in lower case joined by hyphens, the last not "key"'
const name = 'must be a distinguished name such as "CN=Payments Client CA,O=Example"'
const distance = 'must be a signed number of s, m, h or d such as "+30d"'
const keys = 'must be "ecdsa-p256" or "ecdsa-p384" or "rsa-1024" or "rsa-2048"'

type Faults = readonly (readonly [declared: unknown, detail: string])[]

/** The faults of a whole declaration. */
const faultyDeclarations: Faults = [
  [null, 'the options must be of the type object'],
  [[], 'the options must be of the type object'],
  [{ leaves: {} }, 'option "authorities" is missing or undefined'],
  [{ authorities: {} }, 'option "leaves" is missing or undefined'],
  [
    { authorities: {}, leaves: {}, leafs: {} },
    'option "leafs" is not known; did you mean "leaves"?',
  ],
  [
    { authorities: { 'Client CA': authority }, leaves: {} },
    `option "authorities.Client CA" ${role}`,
  ],
  [
    { authorities: { ca: authority }, leaves: { '../server': leaf } },
    `option "leaves.../server" ${role}`,
  ],
  [
    { authorities: { ca: authority }, leaves: { 'server-key': leaf } },
    `option "leaves.server-key" ${role}`,
  ],
  [
    { authorities: { ca: authority }, leaves: { ca: leaf } },
    'option "leaves.ca" is already the role of an authority',
  ],
  [
    { authorities: { ca: { ...authority, isuer: '' } }, leaves: { leaf: { ...leaf, usage: 1 } } },
    'option "authorities.ca.isuer" is not known; did you mean "issuer"?; option "leaves.leaf.usage" must be "server" or "client" or "both" or "none"',
  ],
]

/** The faults of the authority `ca` beside the authority `other`. */
const faultyAuthorities: Faults = [
  [null, '" must be of the type object'],
  [{ ...authority, isuer: 'other' }, '.isuer" is not known; did you mean "issuer"?'],
  [{ ...authority, purpose: ' ' }, '.purpose" must be a sentence'],
  [{ ...authority, purpose: undefined }, '.purpose" is missing or undefined'],
  [{ ...authority, subject: 1 }, '.subject" must be of the type string'],
  [{ ...authority, subject: 'Payments' }, `.subject" ${name}`],
  [{ ...authority, issuer: 1 }, '.issuer" must be of the type string'],
  [
    { ...authority, issuer: 'othr' },
    '.issuer": authority "othr" is not known; did you mean "other"?',
  ],
  [{ ...authority, issuer: 'other' }, '.issuer" leads in a circle'],
  [{ ...authority, keyIdentifierOf: 'x-y-z' }, '.keyIdentifierOf": authority "x-y-z" is not known'],
  [{ ...authority, keys: 'dsa' }, `.keys" ${keys}`],
  [{ ...authority, keys: 'rsa-2049' }, `.keys" ${keys}; did you mean "rsa-2048"?`],
  [{ ...authority, validity: '90d' }, '.validity" must be of the type object'],
]

/** The faults of the leaf `leaf`. */
const faultyLeaves: Faults = [
  ['leaf', '" must be of the type object'],
  [{ ...leaf, url: [] }, '.url" is not known; did you mean "uri"?'],
  [{ ...leaf, purpose: undefined }, '.purpose" is missing or undefined'],
  [{ ...leaf, issuer: undefined }, '.issuer" is missing or undefined'],
  [{ ...leaf, issuer: 'cb' }, '.issuer": authority "cb" is not known; did you mean "ca"?'],
  [{ ...leaf, subject: 'CN=a,UNKNOWN=b' }, `.subject" ${name}`],
  [{ ...leaf, subject: 'CN=a\nb' }, `.subject" ${name}`],
  [{ ...leaf, subject: 'CN=a\\0Bb' }, `.subject" ${name}`],
  [
    { ...leaf, usage: 'clients' },
    '.usage" must be "server" or "client" or "both" or "none"; did you mean "client"?',
  ],
  [{ ...leaf, dns: 'localhost' }, '.dns" must be of the type array'],
  [{ ...leaf, uri: [1] }, '.uri.0" must be of the type string'],
  [{ ...leaf, email: ['a@b.example', null] }, '.email.1" must be of the type string'],
  [{ ...leaf, upn: {} }, '.upn" must be of the type array'],
  [{ ...leaf, ip: ['localhost'] }, '.ip.0" must be an IP address'],
  [{ ...leaf, ip: [1] }, '.ip.0" must be of the type string'],
  [{ ...leaf, keys: 'toString' }, `.keys" ${keys}`],
  [{ ...leaf, chain: 'no' }, '.chain" must be of the type boolean'],
  [{ ...leaf, ca: 1 }, '.ca" must be of the type boolean'],
  [{ ...leaf, validity: { from: '1h', to: '+1d' } }, `.validity.from" ${distance}`],
  [{ ...leaf, validity: { from: '-1h', to: '+1y' } }, `.validity.to" ${distance}`],
  [{ ...leaf, validity: { from: '-1h' } }, '.validity.to" is missing or undefined'],
  [{ ...leaf, validity: { from: '-1h', to: '-60m' } }, '.validity.from" must be before to'],
]

const place = 'ERR_PEERGATE_OPTION_INVALID: mintPki: '

async function mintFaulty(declared: unknown): Promise<string> {
  return refusal(() => mintPki(declared as PkiDeclaration))
}

for (const [declared, fault] of faultyDeclarations) {
  t.test(`rejects a declaration: ${fault}`, async (t) => {
    t.equal(await mintFaulty(declared), `${place}${fault}`)
  })
}

for (const [ca, fault] of faultyAuthorities) {
  t.test(`rejects an authority: ${fault}`, async (t) => {
    const other = { ...authority, issuer: 'ca' }
    const declared = { authorities: { ca, other }, leaves: {} }
    t.equal(await mintFaulty(declared), `${place}option "authorities.ca${fault}`)
  })
}

for (const [faulty, fault] of faultyLeaves) {
  t.test(`rejects a leaf: ${fault}`, async (t) => {
    const declared = { authorities: { ca: authority }, leaves: { leaf: faulty } }
    t.equal(await mintFaulty(declared), `${place}option "leaves.leaf${fault}`)
  })
}

t.test('does not take the names of the prototype for fields or roles', async (t) => {
  const stray = Object.fromEntries([['constructor', {}]])
  t.equal(
    await mintFaulty({ ...declaration, ...stray }),
    `${place}option "constructor" is not known`,
  )
  const ca = { ...authority, issuer: 'constructor' }
  t.equal(
    await mintFaulty({ authorities: { ca }, leaves: {} }),
    `${place}option "authorities.ca.issuer": authority "constructor" is not known`,
  )
})

t.test('takes an undefined option for one that is not stated', async (t) => {
  const ca = { ...authority, issuer: undefined, keyIdentifierOf: undefined, validity: undefined }
  const client = { ...leaf, dns: undefined, keys: undefined, chain: undefined, ca: undefined }
  const pki = await mintPki({
    authorities: { ca },
    leaves: { client },
  } as unknown as PkiDeclaration)
  t.ok(pki.leaf('client').certificate.startsWith('-----BEGIN CERTIFICATE-----'))
})
