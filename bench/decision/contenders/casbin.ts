import { newCachedEnforcer, newEnforcer, newModelFromString } from 'casbin'
import type { Contender } from '../contender.js'
import { questions } from '../work.js'
import type { Work } from '../work.js'

/** Without promises, which is its fastest way. It keeps nothing of an identity. */
export const casbin: Contender<string> = {
  async create(work) {
    const enforcer = await newEnforcer(newModelFromString(model))
    await enforcer.addPolicies(rulesOf(work))
    return {
      meet: (identity) => identity,
      ask: {
        allowed: (identity) => enforcer.enforceSync(identity, 'invoice', questions.allowed),
        denied: (identity) => enforcer.enforceSync(identity, 'invoice', questions.denied),
      },
    }
  },
}

/** Keeps the answer to every question, and gives it by a promise only. */
export const casbinCached: Contender<string> = {
  async create(work) {
    const enforcer = await newCachedEnforcer(newModelFromString(model))
    await enforcer.addPolicies(rulesOf(work))
    return {
      meet: (identity) => identity,
      ask: {
        allowed: (identity) => enforcer.enforce(identity, 'invoice', questions.allowed),
        denied: (identity) => enforcer.enforce(identity, 'invoice', questions.denied),
      },
    }
  },
}

/** The cheap comparisons first; of its functions that know `*`, `keyMatch` is the fastest. */
const model = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.obj == p.obj && r.act == p.act && keyMatch(r.sub, p.sub)
`

function rulesOf({ grants }: Work): string[][] {
  return grants.map(({ pattern }) => [pattern, 'invoice', questions.allowed])
}
