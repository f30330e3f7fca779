import { createRequestMemory } from '#core/source/request-memory.js'
import t from 'tap'

t.test('remembers of a request, and not of its copies', (t) => {
  const memory = createRequestMemory<string>()
  const request = { method: 'GET', rawHeaders: ['a', 'b'] }
  t.equal(memory.recall(request), undefined)
  memory.remember(request, 'a')
  t.equal(memory.recall(request), 'a')
  t.equal(memory.recall({ ...request }), undefined)
  t.equal(createRequestMemory<string>().recall(request), undefined)
  t.strictSame(Reflect.ownKeys(request.rawHeaders), ['0', '1', 'length'])
  t.end()
})

t.test('remembers of each of those who share their lines', (t) => {
  const memory = createRequestMemory<string>()
  const request = { rawHeaders: ['a', 'b'] }
  const copy = { ...request }
  memory.remember(request, 'a')
  memory.remember(copy, 'b')
  t.equal(memory.recall(request), 'a')
  t.equal(memory.recall(copy), 'b')
  t.end()
})

t.test('remembers of what nothing can be added to', (t) => {
  const memory = createRequestMemory<string>()
  for (const request of [{}, { rawHeaders: Object.freeze(['a', 'b']) }].map(Object.freeze)) {
    memory.remember(request, 'a')
    t.equal(memory.recall(request), 'a')
    t.equal(memory.recall(Object.freeze({ ...request })), undefined)
  }
  t.end()
})

t.test('is not taken in by what answers to every property', (t) => {
  const memory = createRequestMemory<string>()
  for (const answer of [{}, 'a', 1, null, () => 'a']) {
    const mocked = new Proxy({}, { get: () => answer })
    t.equal(memory.recall(mocked), undefined)
  }
  t.end()
})
