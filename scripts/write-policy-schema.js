// @ts-check
// Writes the JSON Schema of policy files, which editors read, from the schema that parses them.
import { writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { createPolicyJsonSchema } from '../packages/core/dist/policy/policy-json-schema.js'

const path = 'packages/core/policy.schema.json'
const options = { ...(await resolveConfig(path)), filepath: path }
writeFileSync(path, await format(JSON.stringify(createPolicyJsonSchema()), options))
