import t from 'tap'
import { policyFolder } from '../../support/policy-folder.js'

const { faultOfFile } = policyFolder(t)

type Row = readonly [name: string, content: string, detail: string]

function refuseRows(file: string, code: string, rows: readonly Row[]): void {
  for (const [name, content, detail] of rows) {
    t.test(`refuses ${name} (${file})`, async (t) => {
      t.strictSame(faultOfFile(file, content), { code, detail: `${file}:${detail}` })
    })
  }
}

const invalidFile = 'ERR_PEERGATE_POLICY_FILE_INVALID'
const invalidOption = 'ERR_PEERGATE_OPTION_INVALID'

refuseRows('policy.yaml', invalidFile, [
  ['nothing', '', '1:1: holds nothing'],
  ['a comment alone', '# later\n', '1:1: holds nothing'],
  ['an empty document', '---\n', '1:1: holds nothing'],
  [
    'a second document',
    'identity: spiffe\n---\nidentity: dns\n',
    '2:1: must be one document; give each policy a file of its own',
  ],
  ['a directive', '%YAML 1.1\n---\nidentity: spiffe\n', '1:1: must not hold a directive'],
  ['a tag', 'identity: !!str spiffe\n', '1:11: must not hold a tag; put a text into quotes'],
  [
    'a tag without a name',
    'identity: ! spiffe\n',
    '1:11: must not hold a tag; put a text into quotes',
  ],
  [
    'an anchor',
    'identity: spiffe\npermissions: &all [a]\n',
    '2:14: must not hold an anchor; write the value out where it is needed',
  ],
  [
    'an alias',
    'identity: spiffe\npermissions: *all\n',
    '2:14: must not hold an alias; write the value out',
  ],
  ['an alias for a key', '*all : spiffe\n', '1:1: must not hold an alias; write the value out'],
  [
    'a merge key',
    'identity: spiffe\ngrants:\n  - <<: { allow: [a] }\n',
    '3:5: must not hold a merge key; write the values out',
  ],
  [
    'a key twice',
    'grants: []\nidentity: spiffe\n"grants": []\n',
    '3:1: holds the key "grants" twice',
  ],
  ['a key twice on a line', '{ a: 1, b: 2, a: 3 }', '1:15: holds the key "a" twice'],
  [
    'a number for a key',
    'permissions:\n  1: one\n',
    '2:3: must have a text for a key; put it into quotes',
  ],
  ['true for a key', 'true: one\n', '1:1: must have a text for a key; put it into quotes'],
  ['no key', ': one\n', '1:1: must have a text for a key; put it into quotes'],
  ['a list for a key', '? [a]\n: one\n', '1:3: must have a text for a key; put it into quotes'],
  [
    'the key of a prototype',
    'roles:\n  __proto__: { allow: [a] }\n',
    '2:3: must not hold the key "__proto__"',
  ],
  ['an open map', '{ a: 1', '1:7: is not YAML here: Flow map must end with a }'],
  [
    'a tab for an indent',
    'grants:\n\t- a\n',
    '2:1: is not YAML here: Tabs are not allowed as indentation',
  ],
  ['an unknown escape', 'a: "\\q"', '1:5: is not YAML here: Invalid escape sequence \\q'],
  ['deep lists', '['.repeat(100_000), '1:33: is nested deeper than any policy'],
  ['deep lists of lines', '- '.repeat(100_000), '1:64: is nested deeper than any policy'],
])

const manyParts = '- a\n'.repeat(400_000)

refuseRows('policy.yaml', invalidFile, [
  [
    'an end of a list alone',
    'a: 1\n]\n',
    '2:1: is not YAML here: Unexpected flow-seq-end token in YAML stream',
  ],
  [
    'more parts than it could read in time',
    manyParts,
    '200000:4: has more parts than a policy in YAML can',
  ],
  [
    'the end of a line that hides a denial in a comment',
    'identity: spiffe\n# of may\r  - anyIdentity: true\r    deny: [a]\n',
    '2:9: must not hold the character U+000D alone; end lines with LF or CRLF',
  ],
  [
    'a second mark',
    '\ufeff\ufeffidentity: spiffe\n',
    '1:1: must not hold the character U+FEFF; write an escape',
  ],
])

for (const [character, code] of [
  ['\0', '0000'],
  ['\b', '0008'],
  ['\v', '000B'],
  ['\f', '000C'],
  ['\u001f', '001F'],
  ['\u007f', '007F'],
  ['\u0085', '0085'],
  ['\u2028', '2028'],
  ['\u2029', '2029'],
  ['\ufeff', 'FEFF'],
] as const) {
  for (const file of ['policy.yaml', 'policy.json']) {
    const detail = `1:4: must not hold the character U+${code}; write an escape`
    refuseRows(file, invalidFile, [[`the character U+${code}`, `"a ${character}"`, detail]])
  }
}

t.test('takes lines that end with CRLF, and tabs between values', async (t) => {
  const content = '{\r\n\t"identity": "spiffe",\r\n\t"permissions": ["invoice:read"]\r\n}\r\n'
  for (const file of ['policy.yaml', 'policy.json']) t.equal(faultOfFile(file, content), null, file)
})

t.test('tells the first of very many faults', async (t) => {
  const fault = faultOfFile('policy.yaml', `a: [b]\n${'@\n'.repeat(20_000)}`)
  t.match(fault?.detail, /^policy\.yaml:2:1: is not YAML here: /u)
})

refuseRows('policy.json', invalidFile, [
  ['nothing', '', '1:1: ends too early'],
  ['a file that is cut off', '{\n  "identity": "spiffe",\n', '3:1: ends too early'],
  ['an open list', '{"grants": [', '1:13: ends too early'],
  ['an open text', '{"identity": "spiffe', '1:14: must have a well-formed value here (JSON)'],
  ['a text that ends with an escape', '"\\', '1:1: must have a well-formed value here (JSON)'],
  ['a comma at the end', '{"a": 1,}', '1:9: must have a key in double quotes here (JSON)'],
  ['a comma at the end of a list', '[1,]', '1:4: must have a well-formed value here (JSON)'],
  ['no comma', '{"a": 1 "b": 2}', '1:9: must have "," or "}" here (JSON)'],
  ['no comma in a list', '[1 2]', '1:4: must have "," or "]" here (JSON)'],
  ['no colon', '{"a" 1}', '1:6: must have ":" here (JSON)'],
  ['single quotes', "{'a': 1}", '1:2: must have a key in double quotes here (JSON)'],
  ['a comment', '// no\n{}', '1:1: must have a well-formed value here (JSON)'],
  ['YAML', 'identity: spiffe\n', '1:1: must have a well-formed value here (JSON)'],
  ['a line in a text', '{"a": "b\n"}', '1:7: must have a well-formed value here (JSON)'],
  ['NaN', '{"a": NaN}', '1:7: must have a well-formed value here (JSON)'],
  ['more than one value', '{}\n{}', '2:1: must have its end here (JSON)'],
  ['a key twice', '{\n\t"a": 1,\n\t"a": 2\n}', '3:2: holds the key "a" twice'],
  ['a key in two spellings', '{"a": 1, "\\u0061": 2}', '1:10: holds the key "a" twice'],
  [
    'the key of a prototype',
    '{"roles": {"__proto__": {}}}',
    '1:12: must not hold the key "__proto__"',
  ],
  ['deep lists', '['.repeat(100_000), '1:33: is nested deeper than any policy'],
])

const kinds = 'must be "spiffe" or "uri" or "dns" or "ip" or "email" or "upn" or "commonName"'

/** A policy with a grant that ends with `lines`, the first of which is line 9. */
function withGrant(...lines: readonly string[]): string {
  return [
    'identity: spiffe',
    'permissions:',
    '  - invoice:read',
    '  - invoice:write',
    'roles:',
    '  reader: { allow: [invoice:read] }',
    'grants:',
    '  - identity: spiffe://prod.example/ns/payments/sa/*',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n')
}

refuseRows('policy.yaml', invalidOption, [
  ['a text for a policy', 'spiffe', '1:1: the options must be of the type object'],
  ['a list for a policy', '\n\n- spiffe', '3:1: the options must be of the type object'],
  [
    'another kind, a kind of vocabulary and a kind of grants that there are not',
    'identity: SPIFE\npermissions: yes\ngrants:\n',
    `1:1: option "identity" ${kinds}; did you mean "spiffe"?; policy.yaml:2:1: option "permissions" must be of the type record; policy.yaml:3:1: option "grants" must be of the type array`,
  ],
  [
    'another kind than the code says',
    'identity: dns\npermissions: [invoice:read]\n',
    '1:1: option "identity" must be "spiffe", as the code says',
  ],
  [
    'a missing vocabulary',
    '# first\nidentity: spiffe\n',
    '2:1: option "permissions" is missing or undefined',
  ],
  [
    'a number for a permission',
    'identity: spiffe\npermissions:\n  - 1\n',
    '3:5: option "permissions.0" must be of the type string',
  ],
  [
    'null for a description',
    'identity: spiffe\npermissions:\n  a:\n',
    '3:3: option "permissions.a" must be of the type string',
  ],
  [
    'a schema that is no text',
    '$schema: 1\nidentity: spiffe\n',
    '1:1: option "$schema" must be of the type string',
  ],
  [
    'an unknown key',
    withGrant('allow: [invoice:read]', 'alow: [a]'),
    '10:5: option "grants.0.alow" is not known; did you mean "allow"?',
  ],
  ['an empty list', withGrant('allow: []'), '9:5: option "grants.0.allow" must name at least one'],
  [
    'a permission twice',
    withGrant('allow:', '  - invoice:read', '  - invoice:read'),
    '11:9: option "grants.0.allow.1" names "invoice:read" twice',
  ],
  [
    'a grant that gives nothing',
    withGrant(),
    '8:5: option "grants.0" must allow or deny something, or name a role',
  ],
  [
    'a grant that contradicts itself',
    withGrant('allow: [invoice:read]', 'deny: [invoice:read]'),
    '8:5: option "grants.0" allows and denies "invoice:read"; it must do one of them',
  ],
  [
    'a grant twice',
    `${withGrant('allow: [invoice:read]')}  - identity: spiffe://prod.example/ns/payments/sa/*\n    allow: [invoice:write]\n`,
    '10:5: option "grants.1" names the same peers on the same conditions as "grants.0"; make them one',
  ],
  [
    'an unknown role',
    withGrant('roles: [reder]'),
    '9:13: option "grants.0.roles.0" names the role "reder", which is not known; did you mean "reader"?',
  ],
  [
    'roles in a circle',
    'identity: spiffe\npermissions: [invoice:read]\nroles:\n  a: { roles: [b] }\n  b: { roles: [a] }\n',
    '4:3: option "roles.a" must not hold itself: "a" holds "b" holds "a"',
  ],
  [
    'a moment without an offset',
    withGrant('allow: [invoice:read]', 'notAfter: 2026-12-31'),
    '10:5: option "grants.0.notAfter" must be a moment with its offset, such as "2026-12-31T23:59:59Z"',
  ],
  [
    'false for any identity',
    'identity: spiffe\npermissions: [invoice:read]\ngrants:\n  - anyIdentity: false\n    allow: [invoice:read]\n',
    '4:5: option "grants.0.anyIdentity" must be true',
  ],
  [
    'a place that is not there',
    withGrant('allow: [invoice:read]', 'where: {}'),
    '10:5: option "grants.0.where.params" is missing or undefined',
  ],
])

refuseRows('policy.yaml', 'ERR_PEERGATE_PERMISSION_UNKNOWN', [
  [
    'a misspelt permission',
    withGrant('allow:', '  - invoice:raed'),
    '10:9: option "grants.0.allow.0" names the permission "invoice:raed", which is not known; did you mean "invoice:read"?',
  ],
  [
    'a vocabulary without what the code names',
    'identity: spiffe\npermissions: [invoice:raed]\n',
    '2:1: option "permissions" lacks what the code names: permission "invoice:read" is not known; did you mean "invoice:raed"?',
  ],
])

refuseRows('policy.json', 'ERR_PEERGATE_PERMISSION_UNKNOWN', [
  [
    'a misspelt permission behind tabs',
    '{\n\t"identity": "spiffe",\n\t"permissions": ["invoice:read"],\n\t"grants": [\n\t\t{ "anyIdentity": true,\n\t\t\t"allow": [\n\t\t\t\t"invoice:raed"] }\n\t]\n}\n',
    '7:5: option "grants.0.allow.0" names the permission "invoice:raed", which is not known; did you mean "invoice:read"?',
  ],
])

t.test('refuses a pattern that is none, at its place', async (t) => {
  const content =
    'identity: spiffe\npermissions: [invoice:read]\ngrants:\n  - allow: [invoice:read]\n    identity: spiffe://prod.example/a*\n'
  const fault = faultOfFile('policy.yaml', content)
  t.equal(fault?.code, 'ERR_PEERGATE_PATTERN_INVALID')
  t.match(fault?.detail, /^policy\.yaml:5:5: option "grants\.0\.identity" is no pattern: /u)
})
