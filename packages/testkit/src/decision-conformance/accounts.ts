import { allowed, ambiguous, captureCases, denied, invalid, missing, patternCases } from './case.js'
import type { DecisionCase } from './case.js'
import type { LeafRequest } from '../pki-declaration.js'

function mailbox(address: string): Partial<LeafRequest> {
  return { email: [address] }
}

const everyone = '*@example.com'

/** Which mailboxes a pattern stands for. */
export const emailCases: readonly DecisionCase[] = [
  ...patternCases(mailbox, [
    ['matches the mailbox that is written out', 'ada@example.com', 'ada@example.com', allowed],
    ['tells the case of a local part', 'ada@example.com', 'Ada@example.com', denied],
    ['takes a domain without regard to case', 'ada@example.com', 'ada@EXAMPLE.com', allowed],
    ['does not match another local part', 'ada@example.com', 'adam@example.com', denied],
    ['does not match a tagged mailbox', 'ada@example.com', 'ada+x@example.com', denied],
    ['matches everyone at a domain', everyone, 'grace@example.com', allowed],
    [
      'takes the domain of a pattern without regard to case',
      '*@Example.ORG',
      'ada@example.org',
      allowed,
    ],
    ['does not match below a domain', everyone, 'ada@mail.example.com', denied],
    ['does not match a domain that ends like it', everyone, 'ada@evilexample.com', denied],
    ['does not match a domain that begins like it', everyone, 'ada@example.com.evil', denied],
    ['refuses a mailbox with a *', everyone, '*@example.com', invalid],
    ['refuses a quoted local part', everyone, '"ada"@example.com', invalid],
    ['refuses two @', everyone, 'ada@evil@example.com', invalid],
    ['takes a mailbox that looks like a capture for text', everyone, '{name}@example.com', allowed],
    ['gives such a mailbox no other name', 'ada@example.com', '{tenant}@example.com', denied],
    ['refuses two mailboxes', everyone, { email: ['a@example.com', 'b@example.com'] }, ambiguous],
    ['reads no mailbox from a principal name', everyone, { upn: ['ada@example.com'] }, missing],
  ]),
  ...captureCases(mailbox, [
    ['gives to the captured account', '{tenant}@shop.example', 'ada@shop.example', 'ada', allowed],
    ['gives to no other account', '{tenant}@shop.example', 'ada@shop.example', 'grace', denied],
    ['captures with regard to case', '{tenant}@shop.example', 'Bob@shop.example', 'bob', denied],
    [
      'compares an account that looks like a capture as text',
      '{tenant}@shop.example',
      '{tenant}@shop.example',
      '%7Btenant%7D',
      allowed,
    ],
    [
      'gives an account that looks like a capture nothing of another',
      '{tenant}@shop.example',
      '{tenant}@shop.example',
      'ada',
      denied,
    ],
  ]),
]

function principal(name: string): Partial<LeafRequest> {
  return { upn: [name] }
}

/** Which user principal names a pattern stands for. */
export const upnCases: readonly DecisionCase[] = [
  ...patternCases(principal, [
    ['matches the name that is written out', 'ada@corp.example', 'ada@corp.example', allowed],
    ['takes ASCII without regard to case', 'ada@corp.example', 'ADA@Corp.Example', allowed],
    [
      'takes the pattern without regard to case',
      'Grace@CORP.example',
      'grace@corp.example',
      allowed,
    ],
    ['folds no other letters', 'kim@corp.example', '\u212Aim@corp.example', denied],
    [
      'matches other letters as they are',
      'j\u00F6rg@corp.example',
      'j\u00F6rg@corp.example',
      allowed,
    ],
    [
      'tells composed from decomposed letters',
      'j\u00F6rg@corp.example',
      'jo\u0308rg@corp.example',
      denied,
    ],
    ['matches everyone at a domain', '*@corp.example', 'anybody@corp.example', allowed],
    ['does not match below a domain', '*@corp.example', 'ada@eu.corp.example', denied],
    ['does not match a domain that ends like it', '*@corp.example', 'ada@evilcorp.example', denied],
    ['refuses a name with a *', '*@corp.example', '*@corp.example', invalid],
    [
      'takes a name that looks like a capture for text',
      '*@corp.example',
      '{name}@corp.example',
      allowed,
    ],
    [
      'refuses two names',
      '*@corp.example',
      { upn: ['a@corp.example', 'b@corp.example'] },
      ambiguous,
    ],
    ['reads no name from a mailbox', '*@corp.example', { email: ['ada@corp.example'] }, missing],
  ]),
  ...captureCases(principal, [
    ['gives to the captured account', '{tenant}@shop.example', 'Ada@shop.example', 'ada', allowed],
    ['gives to no other account', '{tenant}@shop.example', 'Ada@shop.example', 'Ada', denied],
  ]),
]

function subject(name: string): Partial<LeafRequest> {
  return { subject: `CN=${name}` }
}

/** Which common names a grant stands for. */
export const commonNameCases: readonly DecisionCase[] = patternCases(subject, [
  ['matches the name that is written out', 'Billing Service', 'Billing Service', allowed],
  ['tells upper case from lower case', 'Billing Service', 'billing service', denied],
  ['does not match a longer name', 'Billing Service', 'Billing Service 2', denied],
  ['tells one space from two', 'Billing Service', 'Billing  Service', denied],
  ['takes a * of a grant for text', 'Batch *', 'Batch Worker', denied],
  ['takes a * of a name for text', 'Batch *', 'Batch *', allowed],
  ['gives to a name of * nothing of another', 'Billing Service', '*', denied],
  ['gives to a name of ** nothing of another', 'Billing Service', '**', denied],
  ['takes a name that looks like a capture for text', '{tenant}', '{tenant}', allowed],
  ['takes a grant that looks like a capture for text', '{tenant}', 'acme', denied],
  ['tells composed from decomposed letters', 'Caf\u00E9', 'Cafe\u0301', denied],
  ['matches other letters as they are', 'Caf\u00E9', 'Caf\u00E9', allowed],
  ['refuses a name with a line end', 'Billing Service', 'Billing\\0AService', invalid],
  ['refuses two names', 'Billing Service', 'Billing Service,CN=Other', ambiguous],
  [
    'reads no name from a DNS name',
    'a.example',
    { subject: 'O=Example', dns: ['a.example'] },
    missing,
  ],
])
