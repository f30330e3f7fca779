import { styleText } from 'node:util'

/** Where a command writes, and what can be done there. */
export interface Terminal {
  /** The answer of a command; a line ends with `\n`. */
  readonly write: (text: string) => void
  /** Faults, and what goes on. */
  readonly writeError: (text: string) => void
  /** The width of lines in characters. */
  readonly columns: number
  readonly hasColors: boolean
  /** Whether a line may be written over: only where a person looks. */
  readonly showsProgress: boolean
  /** All of the standard input; empty where nobody redirects it. */
  readonly readInput: () => Promise<string>
}

/** What a piece of text stands for; every terminal theme has these colours. */
export type Tone = 'bad' | 'good' | 'quiet' | 'strong' | 'warn'

const formats = {
  bad: 'red',
  good: 'green',
  quiet: 'dim',
  strong: 'bold',
  warn: 'yellow',
} as const satisfies Readonly<Record<Tone, string>>

/** The text in the colour of its tone, where there are colours. */
export function tint({ hasColors }: Pick<Terminal, 'hasColors'>, tone: Tone, text: string): string {
  // Whether there are colours was decided already, and of the terminal that is written to.
  return hasColors ? styleText(formats[tone], text, { validateStream: false }) : text
}

/** The terminal of this process. `NO_COLOR` (no-color.org) turns colours off, and so does a pipe. */
export function processTerminal({
  stdin,
  stdout,
  stderr,
  env,
}: Pick<NodeJS.Process, 'env' | 'stderr' | 'stdin' | 'stdout'> = process): Terminal {
  for (const stream of [stdout, stderr]) stream.on('error', passOnUnlessClosed)
  return {
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    columns: Math.max(narrowest, stdout.isTTY ? stdout.columns : usualColumns),
    hasColors: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && stdout.hasColors(env),
    showsProgress: stderr.isTTY && stdout.isTTY,
    async readInput() {
      if (stdin.isTTY) return ''
      const chunks: Buffer[] = []
      for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array))
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

/** Whoever reads may have seen enough, such as `head`. */
function passOnUnlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

const usualColumns = 80
const narrowest = 40
