import { AccessControl } from 'accesscontrol'
import type { Contender } from '../contender.js'

/** It has roles and no patterns: a namespace is a role, found for an identity without being measured. */
export const accesscontrol: Contender<string> = {
  create({ grants }) {
    const control = new AccessControl(
      grants.map(({ namespace }) => ({
        role: namespace,
        resource: 'invoice',
        action: 'read:any',
        attributes: ['*'],
      })),
    ).lock()
    return {
      meet: namespaceOf,
      ask: {
        allowed: (role) => control.can(role).readAny('invoice').granted,
        denied: (role) => control.can(role).updateAny('invoice').granted,
      },
    }
  },
}

function namespaceOf(identity: string): string {
  const [, , , , namespace = ''] = identity.split('/')
  return namespace
}
