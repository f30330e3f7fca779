import { allowed, ambiguous, captureCases, denied, invalid, missing, patternCases } from './case.js'
import type { DecisionCase } from './case.js'
import type { LeafRequest } from '../pki-declaration.js'

function host(name: string): Partial<LeafRequest> {
  return { dns: [name] }
}

const every = '*.svc.example.com'
const below = '**.svc.example.com'

/** Which DNS names a pattern stands for. */
export const dnsCases: readonly DecisionCase[] = [
  ...patternCases(host, [
    ['matches the name that is written out', 'worker.example.com', 'worker.example.com', allowed],
    ['takes the name without regard to case', 'worker.example.com', 'Worker.EXAMPLE.com', allowed],
    ['takes the pattern without regard to case', 'API.Example.com', 'api.example.com', allowed],
    ['does not match a longer name', 'worker.example.com', 'worker.example.com.evil', denied],
    ['does not match a name below', 'worker.example.com', 'a.worker.example.com', denied],
    ['matches one label by *', every, 'a.svc.example.com', allowed],
    ['matches one label in upper case by *', every, 'A.SVC.example.com', allowed],
    ['does not match two labels by *', every, 'a.b.svc.example.com', denied],
    ['does not match nothing by *', every, 'svc.example.com', denied],
    ['does not match a part of a label', every, 'a.notsvc.example.com', denied],
    ['does not match a name with more behind it', every, 'a.svc.example.com.evil', denied],
    ['does not match another domain by *', every, 'a.svc.example.org', denied],
    ['matches * in the middle', 'a.*.example.com', 'a.eu.example.com', allowed],
    ['compares what stands before a *', 'a.*.example.com', 'b.eu.example.com', denied],
    ['matches one label by **', below, 'a.svc.example.com', allowed],
    ['matches many labels by **', below, 'a.b.c.svc.example.com', allowed],
    ['does not match nothing by **', below, 'svc.example.com', denied],
    ['does not match a part of a label by **', below, 'a.notsvc.example.com', denied],
    ['matches a label with an underscore', every, '_metrics.svc.example.com', allowed],
    ['refuses the name of a wildcard certificate', every, '*.svc.example.com', invalid],
    ['refuses a name with a capture', every, '{tenant}.svc.example.com', invalid],
    ['refuses a name with a trailing dot', every, 'a.svc.example.com.', invalid],
    ['refuses an address in the place of a name', 'worker.example.com', '192.0.2.7', invalid],
    ['refuses two names', every, { dns: ['a.svc.example.com', 'b.example.com'] }, ambiguous],
    ['reads no name from the subject', every, { subject: 'CN=a.svc.example.com' }, missing],
  ]),
  ...captureCases(host, [
    [
      'gives to the captured tenant',
      '{tenant}.eu.example.com',
      'acme.eu.example.com',
      'acme',
      allowed,
    ],
    ['gives to no other tenant', '{tenant}.eu.example.com', 'acme.eu.example.com', 'umbra', denied],
    ['captures in lower case', '{tenant}.eu.example.com', 'UMBRA.eu.example.com', 'umbra', allowed],
    ['compares in lower case', '{tenant}.eu.example.com', 'UMBRA.eu.example.com', 'UMBRA', denied],
  ]),
]

function address(text: string): Partial<LeafRequest> {
  return { ip: [text] }
}

/** Which IP addresses a pattern stands for. */
export const ipCases: readonly DecisionCase[] = patternCases(address, [
  ['matches the address that is written out', '192.0.2.7', '192.0.2.7', allowed],
  ['does not match the address after it', '192.0.2.7', '192.0.2.8', denied],
  ['does not match an address that begins with it', '192.0.2.7', '192.0.2.70', denied],
  ['matches the first address of a network', '10.1.2.0/24', '10.1.2.0', allowed],
  ['matches the last address of a network', '10.1.2.0/24', '10.1.2.255', allowed],
  ['does not match the address before a network', '10.1.2.0/24', '10.1.1.255', denied],
  ['does not match the address after a network', '10.1.2.0/24', '10.1.3.0', denied],
  ['matches within a byte', '10.2.0.64/26', '10.2.0.127', allowed],
  ['ends within a byte', '10.2.0.64/26', '10.2.0.128', denied],
  ['begins within a byte', '10.2.0.64/26', '10.2.0.63', denied],
  ['takes a network of one address for it', '198.51.100.1/32', '198.51.100.1', allowed],
  ['gives a network of one address no other', '198.51.100.1/32', '198.51.100.2', denied],
  ['matches IPv6 in another spelling', '2001:DB8:0:0::7', '2001:db8::7', allowed],
  ['matches the first address of an IPv6 network', '2001:db8:1::/48', '2001:db8:1::', allowed],
  [
    'matches the last address of an IPv6 network',
    '2001:db8:1::/48',
    '2001:db8:1:ffff:ffff:ffff:ffff:ffff',
    allowed,
  ],
  ['does not match the IPv6 address after a network', '2001:db8:1::/48', '2001:db8:2::', denied],
  ['tells IPv4 from IPv6 that maps it', '203.0.113.9', '::ffff:cb00:7109', denied],
  ['tells an IPv4 network from IPv6 that maps it', '203.0.113.0/24', '::ffff:cb00:7109', denied],
  ['tells IPv6 that maps IPv4 from it', '::ffff:203.0.113.0/120', '203.0.113.9', denied],
  ['matches IPv6 that maps IPv4 by itself', '::ffff:203.0.113.0/120', '::ffff:cb00:7109', allowed],
  ['refuses two addresses', '10.1.2.0/24', { ip: ['10.1.2.1', '10.1.2.2'] }, ambiguous],
  ['reads no address from a DNS name', '192.0.2.7', { dns: ['192.0.2.7'] }, missing],
])
