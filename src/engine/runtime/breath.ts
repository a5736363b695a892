/** Milliseconds that a thread may be kept busy before others in it get their turn: half a frame. */
const busyMilliseconds = 8

let last = 0

/**
 * Lets everything else that waits for this thread run first: events, messages, frames, signals; at once where that happened
 * within the last 8 ms. Work that never leaves the thread, as WebAssembly's, would keep them waiting until it ends.
 */
export async function breathe(): Promise<void> {
  if (performance.now() - last < busyMilliseconds) return
  // Not by a timer, which browsers stretch to 4 ms.
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
  last = performance.now()
}
