import { createRequestMemory } from '#core/source/request-memory.js'
import t from 'tap'

t.test('remembers of a request, and not of its copies', (t) => {
  const memory = createRequestMemory<string>()
  const request = { method: 'GET' }
  t.equal(memory.recall(request), undefined)
  memory.remember(request, 'a')
  t.equal(memory.recall(request), 'a')
  t.equal(memory.recall({ ...request }), undefined)
  t.equal(createRequestMemory<string>().recall(request), undefined)
  t.end()
})

t.test('remembers of what nothing can be added to', (t) => {
  const memory = createRequestMemory<string>()
  const request = Object.freeze({ method: 'GET' })
  memory.remember(request, 'a')
  t.equal(memory.recall(request), 'a')
  t.equal(memory.recall(Object.freeze({ method: 'GET' })), undefined)
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
