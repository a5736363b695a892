/**
 * A signal that Ctrl-C (or SIGTERM) sets off once: the work under way saves and stops. A second one ends the process.
 */
export function interruptSignal(onInterrupt: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const handler = (): void => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort()
    onInterrupt()
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', handler)
      process.off('SIGTERM', handler)
    },
  }
}
