/**
 * A signal that Ctrl-C (or SIGTERM, or a reader of stdout that went away) sets off once: the work under way saves and
 * stops. A second one ends the process.
 */
export function interruptSignal(
  onInterrupt: () => void,
  stdout: NodeJS.EventEmitter = process.stdout,
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const handler = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    onInterrupt()
  }
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
