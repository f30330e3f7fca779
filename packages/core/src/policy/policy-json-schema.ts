import * as z from 'zod'
import { strictOptions } from '../options.js'
import { anyPolicySchema } from './policy-schema.js'

/**
 * The JSON Schema (2020-12) of policy files, for editors. `scripts/write-policy-schema.js` writes it
 * into the package; nothing reads it while a service runs.
 */
export function createPolicyJsonSchema(): object {
  const $schema = z.string().exactOptional().describe('Where this schema is, for editors.')
  const title = 'The policy of a peer gate: who may do what'
  const schema = strictOptions({ $schema, ...anyPolicySchema().shape }).meta({ title })
  return z.toJSONSchema(schema, {
    io: 'input',
    override({ jsonSchema }) {
      // They tell of our own copy of a policy, and not of what can be written into a file.
      delete jsonSchema.readOnly
      delete jsonSchema.default
    },
  })
}
