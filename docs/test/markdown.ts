import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The root of the repository, as seen from `docs/.build/test`. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** One fenced block of a Markdown file. */
export interface CodeBlock {
  /** `README.md:12`, the place of the fence. */
  readonly place: string
  readonly language: string
  readonly code: string
}

/** Every Markdown file that readers are meant to find, by its path from the root. */
export function listMarkdown(): readonly string[] {
  const folders = [
    '.',
    'certs',
    'docs',
    'docs/errors',
    ...subfolders('packages'),
    ...subfolders('examples'),
  ]
  return folders.flatMap((folder) =>
    readdirSync(`${root}${folder}`)
      .filter((name) => name.endsWith('.md'))
      .map((name) => (folder === '.' ? name : `${folder}/${name}`)),
  )
}

export function readCodeBlocks(file: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { line: number; language: string; lines: string[] } | null = null
  for (const [index, line] of readFileSync(`${root}${file}`, 'utf8').split('\n').entries()) {
    const [, language] = /^```(.*)$/u.exec(line) ?? []
    if (open === null) {
      if (language !== undefined) open = { line: index + 1, language, lines: [] }
    } else if (language === undefined) open.lines.push(line)
    else {
      const { language: opened, lines } = open
      blocks.push({ place: `${file}:${open.line}`, language: opened, code: lines.join('\n') })
      open = null
    }
  }
  return blocks
}

function subfolders(folder: string): readonly string[] {
  return readdirSync(`${root}${folder}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}`)
}

/** Runs a script of the repository in a process that the test runner does not instrument. */
export function runNode(parameters: readonly string[]): { stdout: string; status: number | null } {
  // The runner puts its NODE_OPTIONS into whatever is spawned, so that they are removed on the way.
  const command = ['-u', 'NODE_OPTIONS', process.execPath, ...parameters]
  const { stdout, stderr, status } = spawnSync('env', command, { encoding: 'utf8' })
  process.stderr.write(stderr)
  return { stdout, status }
}
