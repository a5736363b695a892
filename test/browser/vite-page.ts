/** What the tests of Vite call in a page that a stranger's project serves. */
import { configureWeb, fit, fitTable, load, ScorefieldError, toyByName } from 'scorefield'
import { openWorker, type Trainer } from 'scorefield/worker'

/** A task of a few seconds, whose calls of the runtime take longer than a frame may. */
const training = { steps: 200, stepsPerCall: 50, batchSize: 512, size: { width: 128 }, seed: 4 }

function moons(): Float32Array {
  return Float32Array.from(toyByName('two-moons').sample({ seed: 5, first: 0, count: 2000 }))
}

/** Milliseconds between the frames that the page draws while `work` goes on. */
async function framesOf<T>(work: () => Promise<T>): Promise<{ result: T; frames: number[] }> {
  const frames: number[] = []
  let isOn = true
  let last = performance.now()
  const frame = (): void => {
    const now = performance.now()
    frames.push(now - last)
    last = now
    if (isOn) requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  const result = await work()
  isOn = false
  frames.push(performance.now() - last)
  return { result, frames }
}

let opened: Promise<Trainer> | undefined
const trainer = (): Promise<Trainer> => (opened ??= openWorker())

/** What an error tells, and its class. */
async function toldBy(work: () => Promise<unknown>): Promise<object> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof ScorefieldError)) return { message: String(error) }
    const { kind, code, message, where, hint } = error
    return { kind, code, message, where, hint, hasStack: /\n/.test(error.stack ?? '') }
  }
  return { message: 'nothing was thrown' }
}

Object.assign(globalThis, {
  tasks: {
    idle: async () => (await framesOf(() => new Promise((resolve) => setTimeout(resolve, 3000)))).frames,

    /** Trains in the worker; what the model answers there. */
    inWorker: async () => {
      const { fit } = await trainer()
      const events: { type: string; after: number }[] = []
      const started = performance.now()
      const { result: model, frames } = await framesOf(() =>
        fit(
          { rows: moons(), dimension: 2 },
          {
            ...training,
            onEvent: ({ type }) => events.push({ type, after: performance.now() - started }),
          },
        ),
      )
      const took = performance.now() - started
      return { frames, events, took, ...(await answersOf(model)) }
    },

    /** The same in the page itself. */
    inPage: async () => {
      const { result: model, frames } = await framesOf(() => fit({ rows: moons(), dimension: 2 }, training))
      return { frames, ...(await answersOf(model)) }
    },

    cancel: async () => {
      const { fit } = await trainer()
      const controller = new AbortController()
      const reason = { enough: true }
      let after = 0
      const thrown = await fit(
        { rows: moons(), dimension: 2 },
        {
          ...training,
          steps: 1_000_000,
          signal: controller.signal,
          onEvent: ({ type }) => {
            if (type !== 'step') return
            if (controller.signal.aborted) after++
            controller.abort(reason)
          },
        },
      ).catch((error) => error)
      // The worker is free for the next.
      const model = await fit({ rows: moons(), dimension: 2 }, { ...training, steps: 2 })
      return { isReason: thrown === reason, stepsAfter: after, dimension: model.dimension }
    },

    errors: async () => {
      const { fit: fitThere } = await trainer()
      const data = { rows: moons(), dimension: 2 }
      const alike = { rows: new Float32Array(20), dimension: 2 }
      const model = await fitThere(data, { ...training, steps: 2 })
      await model.dispose()
      return {
        there: await toldBy(() => fitThere(alike, training)),
        here: await toldBy(() => fit(alike, training)),
        wrongThere: await toldBy(() => fitThere(data, { stepz: 3, batchSize: -1 } as object)),
        wrongHere: await toldBy(() => fit(data, { stepz: 3, batchSize: -1 } as object)),
        model: await toldBy(async () =>
          fitThere(data, { resume: (await fit(data, { ...training, steps: 2 })) as never }),
        ),
        density: await toldBy(() => fitThere(toyByName('two-moons') as never, training)),
        disposed: await toldBy(() => model.sample({ count: 1 })),
      }
    },

    /** A table of objects, kept and opened again, here and there. */
    table: async () => {
      const rows = Array.from({ length: 600 }, (_, i) => ({
        kind: i % 3 === 0 ? 'round' : 'square',
        size: Math.sin(i) + (i % 3),
        day: new Date(Date.UTC(2024, 0, 1 + (i % 50))),
      }))
      const options = { steps: 20, batchSize: 64, size: { width: 16 }, seed: 2 }
      const { fitTable: fitThere, load: loadThere } = await trainer()
      const there = await fitThere(rows, options)
      const here = await fitTable(rows, options)
      const draw = { count: 20, seed: 3, steps: 4 }
      const blob = await there.save()
      await there.save({ indexedDB: 'mine' })
      const longer = await fitThere(rows, { steps: 30, resume: there })
      const models = [
        ...[here, there, await load(blob), await loadThere(blob), await load({ indexedDB: 'mine' })],
        ...[await loadThere({ indexedDB: 'mine' }), await loadThere(await here.save())],
      ]
      const samples: string[] = []
      for (const model of models) samples.push(JSON.stringify(await model.sample(draw)))
      return { samples, columns: there.columns, steps: [there.step, longer.step] }
    },

    terminate: async () => {
      const own = await openWorker({
        worker: () => new Worker(new URL('./my-worker.ts', import.meta.url), { type: 'module' }),
      })
      const started = own.fit({ rows: moons(), dimension: 2 }, { ...training, steps: 1_000_000 })
      const told = toldBy(() => started)
      setTimeout(() => own.terminate(), 200)
      return [await told, await toldBy(() => own.fit({ rows: moons(), dimension: 2 }))]
    },

    noFiles: async () => {
      configureWeb({ wasmPaths: '/nowhere/' })
      const data = { rows: moons(), dimension: 2 }
      const lost = await openWorker({ configure: { wasmPaths: '/nowhere/' } })
      return {
        here: await toldBy(() => fit(data, training)),
        again: await toldBy(() => fit(data, training)),
        there: await toldBy(() => lost.fit(data, training)),
        script: await toldBy(() =>
          openWorker({ worker: () => new Worker('/nowhere.js', { type: 'module' }) }),
        ),
      }
    },

    /** Two threads of ONNX Runtime in a worker, in a page that is cross-origin isolated. */
    threads: async () => {
      const two = await openWorker({ configure: { threads: 2 } })
      const model = await two.fit({ rows: moons(), dimension: 2 }, { ...training, steps: 10 })
      const rows = await model.sample({ count: 10 })
      two.terminate()
      return { isolated: crossOriginIsolated, finite: rows.every(Number.isFinite), count: rows.length }
    },
  },
})

/** What a model says, to the last bit. */
async function answersOf(
  model: Pick<Awaited<ReturnType<typeof fit>>, 'sample' | 'score' | 'denoise' | 'logDensity' | 'dispose'>,
): Promise<{ answers: number[][] }> {
  const rows = await model.sample({ count: 64, seed: 1, steps: 5 })
  const points = rows.subarray(0, 8)
  const score = await model.score(points)
  const clean = await model.denoise(points, 0.5)
  const { logDensity } = await model.logDensity(points.subarray(0, 4))
  await model.dispose()
  return { answers: [rows, score, clean, logDensity].map((values) => [...values]) }
}
