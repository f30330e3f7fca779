import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { products } from './products.js'
import type { ProductName, ProxyProduct } from './products.js'

/** A proxy that is installed on this machine. */
export interface InstalledProxy {
  readonly name: ProxyName
  readonly product: ProxyProduct
  readonly binary: string
  readonly version: string
}

/** The proxies that are looked for: a product each, and Caddy twice, since its placeholders changed. */
export const proxyNames = [
  'nginx',
  'haproxy',
  'httpd',
  'caddy',
  'caddy-current',
  'envoy',
  'traefik',
] as const

export type ProxyName = (typeof proxyNames)[number]

/** The proxy of this name; null where it is not installed. */
export function findProxy(name: ProxyName): InstalledProxy | null {
  const product = products[productOf(name)]
  const binary = candidates(name, product).find((path) => existsSync(path))
  if (binary === undefined) return null
  return { name, product, binary, version: versionOf(binary, product) }
}

function productOf(name: ProxyName): ProductName {
  return name === 'caddy-current' ? 'caddy' : name
}

/** `caddy` is that of the system, `caddy-current` the one that scripts/install-proxies.sh brings. */
function candidates(name: ProxyName, { binaries }: ProxyProduct): readonly string[] {
  const folders = [
    ...(name === 'caddy' ? [] : [bundled]),
    ...(name === 'caddy-current' ? [] : systemFolders()),
  ]
  return folders.flatMap((folder) => binaries.map((binary) => join(folder, binary)))
}

const bundled = fileURLToPath(new URL('../../.proxies/bin', import.meta.url))

/** Debian has its servers in `sbin`, which is not on the path of everyone. */
function systemFolders(): readonly string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter)
  return [...path, '/usr/local/sbin', '/usr/sbin']
}

function versionOf(binary: string, { versionFlag }: ProxyProduct): string {
  const { stdout, stderr } = spawnSync(binary, [versionFlag], { encoding: 'utf8', timeout: 20_000 })
  const [version] = /\d+\.\d+\.\d+/u.exec(stdout + stderr) ?? ['of unknown version']
  return version
}
