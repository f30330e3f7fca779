import type { Material } from '../material.js'
import { directly, forwarded, forwardedUnseen, nginxHeaders, xfccHeaders } from './loads.js'
import type { Competition } from './run-field.js'
import type { Comparison } from './server-figures.js'

/** A field, how it is asked, and what has to come of it. */
export interface JudgedCompetition {
  readonly competition: Competition
  readonly comparisons: readonly Comparison[]
}

/** All that is measured of servers under load. */
export function listCompetitions(material: Material): readonly JudgedCompetition[] {
  const { worker, visitor, forwarded: clients } = material
  const direct = (kind: 'http/1.1' | 'http/2') => ({
    event: 'request' as const,
    load: directly(kind, worker, material),
    refused: (port: number) => directly(kind, visitor, material)(port, few),
  })
  const behind = (headersOf: typeof nginxHeaders) => ({
    event: 'request' as const,
    load: forwarded(clients.map(headersOf)),
    refused: (port: number) => forwarded([headersOf(visitor.certificate)])(port, few),
  })
  const [first = ''] = clients
  return [
    judged({ field: 'Fastify', ...direct('http/1.1') }, overTls('Fastify', 'no-op hook')),
    judged({ field: 'Express', ...direct('http/1.1') }, overTls('Express', 'no-op middleware')),
    judged(
      { field: 'Fastify, HTTP/2', ...direct('http/2') },
      overTls('Fastify on HTTP/2', 'no-op hook'),
    ),
    judged({ field: 'nginx, Fastify', ...behind(nginxHeaders) }, [
      ofBare('behind nginx, the same 50 clients, Fastify', 0.9),
    ]),
    judged({ field: 'nginx, Express', ...behind(nginxHeaders) }, [
      ofBare('behind nginx, the same 50 clients, Express', 0.9),
    ]),
    judged({ field: 'envoy-xfcc, Fastify', ...behind(xfccHeaders) }, [
      ofBare('behind Envoy, the same 50 clients, Fastify', 0.93),
    ]),
    judged(
      {
        field: 'nginx, Fastify',
        ...behind(nginxHeaders),
        load: forwardedUnseen(nginxHeaders, first),
      },
      [
        {
          figure: 'every certificate never seen before, by hand / Peergate',
          limit: 4,
          unit: '×',
          of: 'by hand',
          by: 'Peergate',
        },
      ],
    ),
    judged(
      {
        field: 'handshakes',
        event: 'secureConnection',
        load: directly('handshakes', worker, material),
        refused: null,
      },
      [ofBare('full handshake, bare / with the TLS gate', 0.95)],
    ),
  ]
}

/** Enough to see who is refused. */
const few = 20

function judged(competition: Competition, comparisons: readonly Comparison[]): JudgedCompetition {
  return { competition, comparisons }
}

function overTls(framework: string, floor: string): readonly Comparison[] {
  const figure = `end to end over mutual TLS, ${framework}`
  return [
    { ...ofBare(`${figure}, bare / Peergate`, 0.93) },
    { ...ofBare(`${figure}, ${floor} / Peergate`, 0.95), of: floor },
  ]
}

function ofBare(figure: string, limit: number): Comparison {
  return { figure, limit, unit: '', of: 'bare', by: 'Peergate' }
}
