import { exitCodes, ScorefieldError } from '../base/index.ts'

/** A second signal that comes this soon is the first one again: a terminal and npx both pass Ctrl-C on. */
const sameMilliseconds = 500

/**
 * A signal that Ctrl-C (or SIGTERM, or a reader of stdout that went away) sets off once: the work under way saves and
 * stops. A second one ends the process. What was under way rejects with an error of kind `interrupted`; `kept` tells what is kept.
 */
export function interruptSignal(
  onInterrupt: () => void,
  stdout: NodeJS.EventEmitter = process.stdout,
  kept?: string,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  let since = 0
  const handler = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - since > sameMilliseconds) process.exit(exitCodes.interrupted)
      return
    }
    since = performance.now()
    controller.abort(
      new ScorefieldError({
        kind: 'interrupted',
        code: 'command/stopped',
        message: 'The command was stopped.',
        hint: kept,
      }),
    )
    onInterrupt()
  }
  // Every later write to it fails as well; that is no second signal.
  const onClosed = (): void => {
    if (!controller.signal.aborted) handler()
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
  stdout.on('error', onClosed)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', handler)
      process.off('SIGTERM', handler)
      stdout.off('error', onClosed)
    },
  }
}
