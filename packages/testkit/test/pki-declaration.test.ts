import { mintPki } from '@peergate/testkit'
import type { PkiDeclaration } from '@peergate/testkit'
import t from 'tap'
import { authority, declaration, leaf, refusal } from './pki-fixture.js'

/** The faults of a whole declaration. */
const faultyDeclarations: readonly (readonly [declared: unknown, detail: string])[] = [
  [null, ' must be an object'],
  [[], ' must be an object'],
  [{ leaves: {} }, '.authorities must be an object'],
  [{ authorities: {} }, '.leaves must be an object'],
  [
    { authorities: {}, leaves: {}, leafs: {} },
    ': field "leafs" is not known; did you mean "leaves"?',
  ],
  [
    { authorities: { 'Client CA': authority }, leaves: {} },
    '.authorities: role "Client CA" must be words in lower case joined by hyphens, the last not "key"',
  ],
  [
    { authorities: { ca: authority }, leaves: { '../server': leaf } },
    '.leaves: role "../server" must be words in lower case joined by hyphens, the last not "key"',
  ],
  [
    { authorities: { ca: authority }, leaves: { 'server-key': leaf } },
    '.leaves: role "server-key" must be words in lower case joined by hyphens, the last not "key"',
  ],
  [
    { authorities: { ca: authority }, leaves: { ca: leaf } },
    '.leaves.ca is already the role of an authority',
  ],
]

/** The faults of the authority `ca` beside the authority `other`. */
const faultyAuthorities: readonly (readonly [fault: unknown, detail: string])[] = [
  [null, ' must be an object'],
  [{ ...authority, isuer: 'other' }, ': field "isuer" is not known; did you mean "issuer"?'],
  [{ ...authority, purpose: ' ' }, '.purpose must be a sentence'],
  [{ ...authority, purpose: undefined }, '.purpose must be a sentence'],
  [{ ...authority, subject: 1 }, '.subject must be text'],
  [
    { ...authority, subject: 'Payments' },
    '.subject must be a distinguished name such as "CN=Payments Client CA,O=Example"',
  ],
  [{ ...authority, issuer: 1 }, '.issuer must be text'],
  [
    { ...authority, issuer: 'othr' },
    '.issuer: authority "othr" is not known; did you mean "other"?',
  ],
  [{ ...authority, issuer: 'other' }, '.issuer leads in a circle'],
  [{ ...authority, keyIdentifierOf: 'x-y-z' }, '.keyIdentifierOf: authority "x-y-z" is not known'],
  [
    { ...authority, keys: 'dsa' },
    '.keys must be "ecdsa-p256" or "ecdsa-p384" or "rsa-1024" or "rsa-2048"',
  ],
  [{ ...authority, validity: '90d' }, '.validity must be an object'],
]

const distance = 'must be a signed number of s, m, h or d such as "+30d"'

/** The faults of the leaf `leaf`. */
const faultyLeaves: readonly (readonly [fault: unknown, detail: string])[] = [
  ['leaf', ' must be an object'],
  [{ ...leaf, url: [] }, ': field "url" is not known; did you mean "uri"?'],
  [{ ...leaf, purpose: undefined }, '.purpose must be a sentence'],
  [{ ...leaf, issuer: undefined }, '.issuer must be text'],
  [{ ...leaf, issuer: 'cb' }, '.issuer: authority "cb" is not known; did you mean "ca"?'],
  [
    { ...leaf, subject: 'CN=a,UNKNOWN=b' },
    '.subject must be a distinguished name such as "CN=Payments Client CA,O=Example"',
  ],
  [{ ...leaf, usage: 'clients' }, '.usage must be "server" or "client" or "both" or "none"'],
  [{ ...leaf, dns: 'localhost' }, '.dns must be a list of texts'],
  [{ ...leaf, uri: [1] }, '.uri must be a list of texts'],
  [{ ...leaf, email: [null] }, '.email must be a list of texts'],
  [{ ...leaf, upn: {} }, '.upn must be a list of texts'],
  [{ ...leaf, ip: ['localhost'] }, '.ip must be a list of IP addresses'],
  [{ ...leaf, ip: [1] }, '.ip must be a list of IP addresses'],
  [
    { ...leaf, keys: 'toString' },
    '.keys must be "ecdsa-p256" or "ecdsa-p384" or "rsa-1024" or "rsa-2048"',
  ],
  [{ ...leaf, chain: 'no' }, '.chain must be true or false'],
  [{ ...leaf, ca: 1 }, '.ca must be true or false'],
  [{ ...leaf, validity: { from: '1h', to: '+1d' } }, `.validity.from ${distance}`],
  [{ ...leaf, validity: { from: '-1h', to: '+1y' } }, `.validity.to ${distance}`],
  [{ ...leaf, validity: { from: '-1h' } }, `.validity.to ${distance}`],
  [{ ...leaf, validity: { from: '-1h', to: '-60m' } }, '.validity.from must be before to'],
]

const place = 'ERR_PEERGATE_OPTION_INVALID: mintPki: declaration'

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
    t.equal(await mintFaulty(declared), `${place}.authorities.ca${fault}`)
  })
}

for (const [faulty, fault] of faultyLeaves) {
  t.test(`rejects a leaf: ${fault}`, async (t) => {
    const declared = { authorities: { ca: authority }, leaves: { leaf: faulty } }
    t.equal(await mintFaulty(declared), `${place}.leaves.leaf${fault}`)
  })
}

t.test('does not take the names of the prototype for fields or roles', async (t) => {
  const stray = Object.fromEntries([['constructor', {}]])
  t.equal(
    await mintFaulty({ ...declaration, ...stray }),
    `${place}: field "constructor" is not known`,
  )
  const ca = { ...authority, issuer: 'constructor' }
  t.equal(
    await mintFaulty({ authorities: { ca }, leaves: {} }),
    `${place}.authorities.ca.issuer: authority "constructor" is not known`,
  )
})
