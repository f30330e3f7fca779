import { allowed, ambiguous, captureCases, denied, invalid, missing, patternCases } from './case.js'
import type { DecisionCase } from './case.js'
import type { LeafRequest } from '../pki-declaration.js'

function uri(text: string): Partial<LeafRequest> {
  return { uri: [text] }
}

const services = 'https://example.com/services/*'

/** Which URIs a pattern stands for. */
export const uriCases: readonly DecisionCase[] = [
  ...patternCases(uri, [
    [
      'matches the URI that is written out',
      'https://example.com/a',
      'https://example.com/a',
      allowed,
    ],
    ['matches a URN', 'urn:example:payments:worker', 'urn:example:payments:worker', allowed],
    [
      'takes scheme and host without regard to case',
      'https://example.com/a',
      'HTTPS://EXAMPLE.com/a',
      allowed,
    ],
    ['tells the case of a path', 'https://example.com/a', 'https://example.com/A', denied],
    ['tells schemes apart', 'https://example.com/a', 'http://example.com/a', denied],
    ['tells ports apart', 'https://example.com/a', 'https://example.com:8443/a', denied],
    [
      'does not match a host with more behind it',
      services,
      'https://example.com.evil/services/a',
      denied,
    ],
    [
      'does not match a host with more before it',
      services,
      'https://evil-example.com/services/a',
      denied,
    ],
    ['matches one segment by *', services, 'https://example.com/services/a', allowed],
    [
      'matches one segment below a host in upper case',
      services,
      'https://EXAMPLE.com/services/b',
      allowed,
    ],
    ['does not match two segments by *', services, 'https://example.com/services/a/b', denied],
    ['does not match nothing by *', services, 'https://example.com/services/', denied],
    ['does not match a query by *', services, 'https://example.com/services/a?admin=1', denied],
    ['does not match a fragment by *', services, 'https://example.com/services/a#admin', denied],
    ['takes an encoded slash for text', services, 'https://example.com/services/a%2Fb', allowed],
    [
      'tells an encoded letter from the letter',
      'https://example.com/a',
      'https://example.com/%61',
      denied,
    ],
    [
      'matches many segments by **',
      'https://example.com/jobs/**',
      'https://example.com/jobs/a/b',
      allowed,
    ],
    [
      'does not match nothing by **',
      'https://example.com/jobs/**',
      'https://example.com/jobs',
      denied,
    ],
    ['takes an encoded * for text', 'https://example.com/a', 'https://example.com/%2A', denied],
    ['refuses a URI with a *', services, 'https://example.com/services/*', invalid],
    ['refuses a URI with a capture', services, 'https://example.com/services/{tenant}', invalid],
    ['refuses a URI with a dot segment', services, 'https://example.com/x/../services/a', invalid],
    [
      'refuses a URI with a user name',
      services,
      'https://example.com@evil.example/services/a',
      invalid,
    ],
    [
      'refuses two URIs',
      services,
      { uri: ['https://example.com/services/a', 'urn:x:y'] },
      ambiguous,
    ],
    ['reads no URI from a DNS name', services, { dns: ['example.com'] }, missing],
  ]),
  ...captureCases(uri, [
    [
      'gives to the captured tenant',
      'https://example.org/t/{tenant}',
      'https://example.org/t/acme',
      'acme',
      allowed,
    ],
    [
      'gives to no other tenant',
      'https://example.org/t/{tenant}',
      'https://example.org/t/acme',
      'umbra',
      denied,
    ],
    [
      'decodes no identity',
      'https://example.org/t/{tenant}',
      'https://example.org/t/a%2Fb',
      'a%2Fb',
      denied,
    ],
    [
      'compares an escape as text',
      'https://example.org/t/{tenant}',
      'https://example.org/t/a%2Fb',
      'a%252Fb',
      allowed,
    ],
  ]),
]
