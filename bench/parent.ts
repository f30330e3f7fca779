/** Does what the process that started this one says, message by message, and ends with it. */
export function obeyParent(obey: (message: never) => Promise<void>): void {
  process.once('disconnect', () => process.exit())
  process.on('message', (message) => void obey(message as never))
}

export function tellParent(message: object): void {
  if (process.send === undefined) throw new Error('this process was not forked')
  process.send(message)
}
