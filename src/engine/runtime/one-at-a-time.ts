import type { OnnxRuntimeModule, Session } from './onnx.ts'

/**
 * ONNX Runtime, with one session made or run at a time; whoever comes meanwhile waits.
 *
 * The WebGPU build for pages suspends WebAssembly while it waits for the GPU, and cannot be entered again until then.
 */
export function oneAtATime(ort: OnnxRuntimeModule): OnnxRuntimeModule {
  const queued = queue()
  const guard = (session: Session): Session => ({
    run: (feeds) => queued(() => session.run(feeds)),
    release: () => queued(() => session.release()),
  })
  return {
    Tensor: ort.Tensor,
    InferenceSession: {
      create: async (model, options) =>
        guard(await queued(() => ort.InferenceSession.create(model, options))),
    },
  }
}

/** Starts each piece of work when the one before has ended, well or badly. */
export function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => undefined)
    return result
  }
}
