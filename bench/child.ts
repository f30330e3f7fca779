import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'

/** A process that is told what to do and answers, message by message. */
export interface Child {
  /** Sends `message` where there is one, and gives the next answer. */
  readonly ask: (message?: object) => Promise<unknown>
  readonly stop: () => Promise<void>
}

/** Starts a compiled file of this benchmark. What it prints goes to stderr, to keep stdout for the result. */
export function startChild(
  file: URL,
  parameters: readonly string[],
  execArgv: readonly string[] = [],
): Child {
  const child = fork(file, [...parameters], {
    execArgv: [...execArgv],
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const answers = answersOf(child)
  return {
    async ask(message) {
      if (message !== undefined) child.send(message)
      const { done, value } = await answers.next()
      if (done !== true) return value
      throw new Error(`the process ${parameters.join(', ')} of ${file.href} has ended`)
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      // Not killed, so that what it was told to record of itself is written.
      child.disconnect()
      await ended
    },
  }
}

async function* answersOf(child: ChildProcess): AsyncGenerator<unknown, undefined> {
  const queue: unknown[] = []
  const news = new EventEmitter()
  child.on('message', (message) => {
    queue.push(message)
    news.emit('news')
  })
  child.once('exit', () => news.emit('news'))
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  while (queue.length > 0 || !isOver()) {
    if (queue.length > 0) yield queue.shift()
    // oxlint-disable-next-line no-await-in-loop -- until something happens
    else await once(news, 'news')
  }
  return undefined
}
