import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTestPki } from '@peergate/testkit'
import type { TestPki } from '@peergate/testkit'
import t from 'tap'

/** The clients and servers of one PKI, and its files. */
export interface ProbeSetting {
  readonly pki: TestPki
  readonly write: (name: string, text: string) => string
  /** The file of the certificate of the caller. */
  readonly cert: string
  readonly key: string
  /** The options by which the caller is `cert`. */
  readonly asSelf: readonly string[]
  readonly urlOf: (port: number) => string
  /** The parameters of a probe that trusts the servers of the PKI. */
  readonly probe: (port: number, ...more: readonly string[]) => readonly string[]
}

export async function createProbeSetting(): Promise<ProbeSetting> {
  const pki = await createTestPki()
  const folder = t.testdir({})
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const ca = write('ca.pem', pki.serverCa)
  const own = await pki.client('accepted')
  const cert = write('own.pem', String(own.certificate))
  const key = write('own-key.pem', String(own.key))
  const probe = (port: number, ...more: readonly string[]) => {
    return ['probe', urlOf(port), '--ca', ca, ...more]
  }
  return { pki, write, cert, key, asSelf: ['--cert', cert, '--key', key], urlOf, probe }
}

function urlOf(port: number): string {
  return `https://localhost:${port}/whoami`
}
