import type { Material } from '../material.js'
import { directly, forwarded, forwardedUnseen, nginxHeaders, xfccHeaders } from './loads.js'
import type { Competition } from './run-field.js'
import type { Comparison } from './server-figures.js'

/** A field, how it is asked, and what has to come of it. */
export interface JudgedCompetition {
  /** Of the panel in the plot. */
  readonly title: string
  readonly competition: Competition
  readonly comparisons: readonly Comparison[]
}

/** All that is measured of servers under load. */
export function listCompetitions(material: Material): readonly JudgedCompetition[] {
  return [...listDirect(material), ...listForwarded(material), judgeHandshakes(material)]
}

function listDirect(material: Material): readonly JudgedCompetition[] {
  const { worker, visitor } = material
  const direct = (kind: 'http/1.1' | 'http/2') => ({
    event: 'request' as const,
    timesLonger: 1,
    load: directly(kind, worker, material),
    refused: (port: number) => directly(kind, visitor, material)(port, few),
  })
  return [
    {
      title: 'Fastify over mutual TLS',
      competition: { field: 'Fastify', ...direct('http/1.1') },
      comparisons: overTls('Fastify', 'no-op hook'),
    },
    {
      title: 'Express over mutual TLS',
      competition: { field: 'Express', ...direct('http/1.1'), timesLonger: 2 },
      comparisons: overTls('Express', 'no-op middleware'),
    },
    {
      title: 'Fastify over mutual TLS, HTTP/2',
      competition: { field: 'Fastify, HTTP/2', ...direct('http/2') },
      comparisons: overTls('Fastify on HTTP/2', 'no-op hook'),
    },
  ]
}

function listForwarded({ visitor, forwarded: clients }: Material): readonly JudgedCompetition[] {
  const behind = (headersOf: typeof nginxHeaders) => ({
    event: 'request' as const,
    timesLonger: 1,
    load: forwarded(clients.map(headersOf)),
    refused: (port: number) => forwarded([headersOf(visitor.certificate)])(port, few),
  })
  const nginx = behind(nginxHeaders)
  const [first = ''] = clients
  return [
    {
      title: 'Fastify behind nginx, the same 50 clients',
      competition: { field: 'nginx, Fastify', ...nginx },
      comparisons: [ofBare('behind nginx, the same 50 clients, Fastify', 0.9)],
    },
    {
      title: 'Express behind nginx, the same 50 clients',
      competition: { field: 'nginx, Express', ...nginx, timesLonger: 2 },
      comparisons: [ofBare('behind nginx, the same 50 clients, Express', 0.9)],
    },
    {
      title: 'Fastify behind Envoy, the same 50 clients',
      competition: { field: 'envoy-xfcc, Fastify', ...behind(xfccHeaders) },
      comparisons: [ofBare('behind Envoy, the same 50 clients, Fastify', 0.93)],
    },
    {
      title: 'Fastify behind nginx, every certificate never seen before',
      competition: {
        field: 'nginx, Fastify',
        ...nginx,
        timesLonger: 3,
        load: forwardedUnseen(nginxHeaders, first),
      },
      comparisons: [neverSeen],
    },
  ]
}

const neverSeen: Comparison = {
  figure: 'every certificate never seen before, by hand / Peergate',
  limit: 4,
  unit: '×',
  of: 'by hand',
  by: 'Peergate',
}

function judgeHandshakes(material: Material): JudgedCompetition {
  const load = directly('handshakes', material.worker, material)
  return {
    title: 'Full handshakes of mutual TLS',
    competition: {
      field: 'handshakes',
      event: 'secureConnection',
      timesLonger: 20,
      load,
      refused: null,
    },
    comparisons: [ofBare('full handshake, bare / with the TLS gate', 0.95)],
  }
}

/** Enough to see who is refused. */
const few = 20

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
