import { join } from 'node:path'

/** How a proxy is started in the foreground, so that it ends with the process that started it. */
export interface ProxyProduct {
  /** The names that its binary goes by. */
  readonly binaries: readonly string[]
  readonly versionFlag: string
  /**
   * @param config the path of its main file
   * @param folder a folder of its own, for what it writes
   */
  readonly parameters: (config: string, folder: string) => readonly string[]
  /** Whom it becomes where root starts it, and who must then be able to enter its folder. */
  readonly runsAs?: string
  /** What the service is in its configuration; see {@link ServiceAddress}. */
  readonly writeService: (service: ServiceAddress) => string
}

/** Where the service listens: a port of 127.0.0.1, or the path of a Unix socket. */
export type ServiceAddress = { readonly port: number } | { readonly path: string }

export type ProductName = 'caddy' | 'envoy' | 'haproxy' | 'httpd' | 'nginx' | 'traefik'

/** Debian’s user of web servers. */
const webUser = 'www-data'

export const products: Readonly<Record<ProductName, ProxyProduct>> = {
  nginx: {
    binaries: ['nginx'],
    versionFlag: '-v',
    parameters: (config, folder) => {
      const directives = `daemon off; pid ${join(folder, 'nginx.pid')}; user ${webUser};`
      return ['-e', 'stderr', '-p', folder, '-c', config, '-g', directives]
    },
    runsAs: webUser,
    writeService: (service) => ('path' in service ? `unix:${service.path}` : onLoopback(service)),
  },
  haproxy: {
    binaries: ['haproxy'],
    versionFlag: '-v',
    parameters: (config) => ['-db', '-f', config],
    writeService: (service) => ('path' in service ? `unix@${service.path}` : onLoopback(service)),
  },
  httpd: {
    binaries: ['apache2', 'httpd'],
    versionFlag: '-v',
    parameters: (config, folder) => [
      ...httpdDirectives(folder).flatMap((directive) => ['-C', directive]),
      '-D',
      'FOREGROUND',
      '-f',
      config,
    ],
    runsAs: webUser,
    writeService: (service) =>
      'path' in service
        ? `unix:${service.path}|http://localhost/`
        : `http://${onLoopback(service)}/`,
  },
  caddy: {
    binaries: ['caddy'],
    versionFlag: 'version',
    parameters: (config) => ['run', '--adapter', 'caddyfile', '--config', config],
    writeService: (service) => ('path' in service ? `unix/${service.path}` : onLoopback(service)),
  },
  envoy: {
    binaries: ['envoy'],
    versionFlag: '--version',
    parameters: (config) =>
      `--config-path ${config} --log-level warn --disable-hot-restart --concurrency 1`.split(' '),
    writeService: (service) =>
      'path' in service
        ? `{ pipe: { path: ${service.path} } }`
        : `{ socket_address: { address: 127.0.0.1, port_value: ${service.port} } }`,
  },
  traefik: {
    binaries: ['traefik'],
    versionFlag: 'version',
    parameters: (config) => ['--configFile', config],
    writeService: (service) => {
      if ('port' in service) return `http://${onLoopback(service)}`
      throw new Error('Traefik cannot connect to a Unix socket')
    },
  },
}

function onLoopback({ port }: { readonly port: number }): string {
  return `127.0.0.1:${port}`
}

/** What Debian has in apache2.conf and in mods-enabled/, around the file of a site. */
function httpdDirectives(folder: string): readonly string[] {
  const modules = 'mpm_event authz_core headers proxy proxy_http socache_shmcb ssl'.split(' ')
  return [
    'ServerRoot /usr/lib/apache2',
    `DefaultRuntimeDir ${folder}`,
    `PidFile ${join(folder, 'httpd.pid')}`,
    'ErrorLog /dev/stderr',
    `User ${webUser}`,
    `Group ${webUser}`,
    'ServerName localhost',
    ...modules.map((name) => `LoadModule ${name}_module modules/mod_${name}.so`),
  ]
}
