/** A path under which the audit found a route, or a handler that answers in the place of routes. */
export interface DeclaredPath {
  /** The path of the routers around it. */
  readonly mount: string
  /** The whole path, as the application declares it. */
  readonly text: string
}

/** Remembers a path of `place`, which has several where a router around it is mounted twice. */
export function rememberPath(place: object, path: DeclaredPath): void {
  const paths = declared.get(place) ?? new Map<string, DeclaredPath>()
  declared.set(place, paths.set(path.text, path))
}

/**
 * The path of `place` that a request came by, whose routers have taken `baseUrl` from its URL; all that
 * it may have come by, where that leaves several. Null for what was never audited. Nothing of the URL
 * itself is told.
 */
export function declaredPathOf(place: object, baseUrl: string): string | null {
  const paths = [...(declared.get(place)?.values() ?? [])]
  const possible = paths.filter(({ mount }) => mayLead(mount, baseUrl))
  return possible.length === 0 ? null : possible.map(({ text }) => text).join(', ')
}

const declared = new WeakMap<object, Map<string, DeclaredPath>>()

/** False only where it is certain: for paths of literals and parameters of a whole segment. */
function mayLead(mount: string, baseUrl: string): boolean {
  const segments = segmentsOf(mount)
  if (!segments.every((segment) => /^(?:[\w.~-]+|:\w+)$/u.test(segment))) return true
  const taken = segmentsOf(baseUrl)
  return (
    segments.length === taken.length &&
    segments.every(
      (segment, index) =>
        segment.startsWith(':') || segment.toLowerCase() === taken[index]?.toLowerCase(),
    )
  )
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '')
}
