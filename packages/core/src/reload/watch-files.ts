import { statSync } from 'node:fs'

/** Looks after files and reports when one of them changed. */
export interface FileWatch {
  /**
   * `take` says whether it took the change; if it did not, it is called again at every look, and told
   * whether the files are others than those it refused the last time.
   */
  readonly start: (take: (isNew: boolean) => boolean) => void
  readonly stop: () => void
}

export interface WatchOptions {
  /** In milliseconds. */
  readonly interval: number
  /**
   * Whether a change is reported only once it is the same at two looks. For files that are well-formed
   * when they are cut off, so that one which is still being written is not taken for a whole one.
   */
  readonly waitsForStillness: boolean
}

/**
 * Watches by looking: every `interval` milliseconds the files are compared with what they were. That
 * sees through symbolic links, so that a directory which is swapped as a whole, as Kubernetes mounts
 * are, is a change of its files, and it sees files which were missing appear. What the files were is
 * taken at once, so that what changes between this call and `start` is not missed.
 */
export function watchFiles(
  paths: readonly string[],
  { interval, waitsForStillness }: WatchOptions,
): FileWatch {
  let seen = describeFiles(paths)
  let last = seen
  let refused = seen
  let timer: NodeJS.Timeout | undefined
  return {
    start(take) {
      timer = setInterval(() => {
        const found = describeFiles(paths)
        const isStill = found === last
        last = found
        if (found === seen || (waitsForStillness && !isStill)) return
        if (take(found !== refused)) seen = found
        refused = found
      }, interval).unref()
    },
    stop: () => clearInterval(timer),
  }
}

function describeFiles(paths: readonly string[]): string {
  return paths.map(describeFile).join('\n')
}

/** Whatever a file cannot be looked at for is how it is, and no reason to stop looking. */
function describeFile(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
