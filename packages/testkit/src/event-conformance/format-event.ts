import type { GateEvent, Refusal, RequestFacts } from '@peergate/core'

type RequestEvent = Extract<GateEvent, { readonly request: RequestFacts }>

/** What each event of a request says, in one line: what happened, where, and why. */
export function formatEvents(events: readonly GateEvent[]): readonly string[] {
  return events.flatMap((event) =>
    'request' in event ? [[event.type, ...factsOf(event)].join(' | ')] : [],
  )
}

function factsOf(event: RequestEvent): readonly string[] {
  if (event.type === 'identity-accepted') return [routeOf(event), event.identity.value]
  if (event.type === 'identity-absent') return [routeOf(event), event.code]
  if (event.type === 'identity-rejected') return [routeOf(event), event.layer, ...refusalOf(event)]
  if (event.type === 'permission-allowed')
    return [routeOf(event), event.requirement, event.reason, String(event.grant)]
  return [routeOf(event), event.requirement, event.reason, event.policy, ...refusalOf(event)]
}

function routeOf({ request }: RequestEvent): string {
  return request.route ?? 'no route'
}

function refusalOf({ code, statusCode, isEnforced }: Refusal): readonly string[] {
  return [code, `${statusCode}`, isEnforced ? 'enforced' : 'observed']
}
