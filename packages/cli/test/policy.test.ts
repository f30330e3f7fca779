import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reviewPolicy } from '#cli/policy/review-policy.js'
import t from 'tap'
import { run, runJson } from './support/run.js'

const folder = t.testdir({})
const write = (name: string, content: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(content))
  return path
}

const clerk = 'spiffe://prod.example/ns/payments/sa/clerk'
const policy = {
  identity: 'spiffe',
  permissions: ['invoice:read', 'invoice:write'],
  roles: { reader: { allow: ['invoice:read'] } },
  grants: [
    { identity: 'spiffe://prod.example/ns/payments/sa/*', roles: ['reader'] },
    { identity: clerk, allow: ['invoice:write'], trustSet: 'payments' },
    { identity: 'spiffe://prod.example/ns/payments/sa/old', deny: ['invoice:read'] },
  ],
}
const file = write('policy.json', policy)

t.test('finds nothing wrong with a policy that is in order', async (t) => {
  const { code, out } = await run(['policy', 'check', file])
  t.equal(code, 0)
  t.match(out, /policy\.json: identities of the kind spiffe, 2 permissions, 1 roles, 3 grants\n$/u)
  t.match(await runJson(['policy', 'check', file]), {
    code: 0,
    report: { identity: 'spiffe', permissions: 2, roles: 1, grants: 3, faults: [] },
  })
})

t.test('reads YAML as well', async (t) => {
  const yaml = join(folder, 'policy.yaml')
  writeFileSync(
    yaml,
    `identity: dns\npermissions: [read]\ngrants:\n  - identity: a.example\n    allow: [read]\n`,
  )
  t.match(await run(['policy', 'check', yaml]), { code: 0, out: /kind dns, 1 permissions/u })
})

t.test('finds what is wrong, with its place', async (t) => {
  const faulty = write('faulty.json', {
    ...policy,
    grants: [{ identity: clerk, allow: ['invoice:rad'] }],
  })
  const { code, out } = await run(['policy', 'check', faulty])
  t.equal(code, 1)
  t.match(out, /refused\n  problem .*faulty\.json:1:\d+: .*did you mean "invoice:read"\?/u)
  t.match(await runJson(['policy', 'check', faulty]), { code: 1, report: { faults: [String] } })
  const unheld = write('unheld.json', { ...policy, permissions: [...policy.permissions, 'other'] })
  const found = await run(['policy', 'check', unheld])
  t.equal(found.code, 1)
  t.match(found.out, /problem nobody holds "other"/u)
})

t.test('could not run without the file', async (t) => {
  t.match(await run(['policy', 'check', join(folder, 'nowhere.json')]), { code: 3, err: /ENOENT/u })
})

t.test('explains a decision', async (t) => {
  const read = ['policy', 'explain', file, '--permission=invoice:read']
  t.match(await run([...read, `--identity=${clerk}`]), {
    code: 0,
    out: /^invoice:read is granted to "spiffe:.*clerk"\ngrants\.0 .* allows it\n/u,
  })
  t.match(await run([...read, '--identity=spiffe://prod.example/ns/payments/sa/old']), {
    code: 1,
    out: /is denied to/u,
  })
  const write = ['policy', 'explain', file, '--permission=invoice:write', `--identity=${clerk}`]
  t.match(await run(write), {
    code: 1,
    out: /it needs the trust set "payments", which cannot be told/u,
  })
  t.match(await run([...write, '--trust-set=payments', '--param=id=4=2']), { code: 0 })
  t.match(await runJson([...write, '--trust-set=payments']), {
    code: 0,
    report: { identity: clerk, outcome: 'met' },
  })
})

t.test('refuses what it was given wrong', async (t) => {
  const explain = ['policy', 'explain', file, '--permission=invoice:read']
  t.match(await run([...explain, '--identity=clerk']), {
    code: 2,
    err: /--identity must be of the kind spiffe: "clerk"/u,
  })
  t.match(await run([...explain, `--identity=${clerk}`, '--param=id']), {
    code: 2,
    err: /--param must be of the form name=value: id/u,
  })
  t.match(await run(['policy', 'explain', file, '--permission=other', `--identity=${clerk}`]), {
    code: 3,
    err: /permission "other" is not known/u,
  })
})

t.test('lists who holds what', async (t) => {
  const { code, out } = await run(['policy', 'inventory', file], { columns: 120 })
  t.equal(code, 0)
  t.match(out, /permission +identities +on the condition of\n/u)
  t.match(out, /invoice:read +spiffe:\/\/prod\.example\/ns\/payments\/sa\/\*\n/u)
  t.match(out, /invoice:read +denied to spiffe:\/\/prod\.example\/ns\/payments\/sa\/old\n/u)
  t.match(out, /invoice:write +spiffe:.*clerk +the trust set "payments"\n/u)
  const unheld = write('unheld.json', { ...policy, permissions: [...policy.permissions, 'other'] })
  t.match((await run(['policy', 'inventory', unheld])).out, /other +nobody\n/u)
  t.match((await runJson(['policy', 'inventory', file])).report, [
    { permission: 'invoice:read', grants: [{ place: 'grants.0' }, { effect: 'deny' }] },
    { permission: 'invoice:write', grants: [{}] },
  ])
})

t.test('reviews by a gate that lets nobody in', async (t) => {
  const { gate } = reviewPolicy(file)
  t.match(gate.admit({}), { identity: null, refusal: { code: 'ERR_PEERGATE_CERTIFICATE_MISSING' } })
})
