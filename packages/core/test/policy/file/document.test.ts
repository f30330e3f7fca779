import t from 'tap'
import { offsetOf } from '#core/policy/file/document.js'
import { readJson } from '#core/policy/file/read-json.js'
import { readYaml } from '#core/policy/file/read-yaml.js'
import { PeerGateError } from '@peergate/core'

const fault = (_at: number, what: string) =>
  new PeerGateError('ERR_PEERGATE_POLICY_FILE_INVALID', what)

const text = '{"a": {"b": [1, {"c": null}]}, "d": "text"}'
const places: readonly (readonly [path: readonly PropertyKey[], begins: string])[] = [
  [[], '{"a"'],
  [['a'], '"a"'],
  [['a', 'b'], '"b"'],
  [['a', 'b', 0], '1,'],
  [['a', 'b', 1, 'c'], '"c"'],
  [['a', 'b', 1, 'none'], '{"c"'],
  [['a', 'b', 2], '"b"'],
  [['a', 'b', 'length'], '"b"'],
  [['a', 'constructor'], '"a"'],
  [['d', 'length'], '"d"'],
  [['none', 'a'], '{"a"'],
]

for (const [path, begins] of places) {
  t.test(`tells where ${JSON.stringify(path)} begins, or its nearest parent`, async (t) => {
    for (const read of [readJson, readYaml]) {
      t.ok(text.startsWith(begins, offsetOf(read(text, fault), path)), read.name)
    }
  })
}
