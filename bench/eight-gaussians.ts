import { toyByName } from '../src/density/index.ts'
import { fit } from '../src/run/library/fit.ts'
import type { Bench } from './harness.ts'

/** Noise levels at which the score is held against the exact one. */
const levels = [0.1, 0.12, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 8]
const rows = 4000
const densityRows = 1000

/** Default training on eight Gaussians, held against the exact score and log-density. */
export const eightGaussians: Bench = {
  name: 'eight-gaussians',
  summary: 'default training on eight Gaussians: error of score and log-density, and the time it takes',
  async *run() {
    const toy = toyByName('eight-gaussians')
    const started = performance.now()
    let inside = 0
    const model = await fit(toy, {
      onEvent: (event) => {
        if (event.type === 'done') inside = event.secondsInRuntime / event.secondsElapsed
      },
    })
    const seconds = (performance.now() - started) / 1000
    const errors: number[] = []
    for (const sigma of levels) {
      const noised = toy.noised!({ alpha: 1, std: sigma })
      const x = noised.sample({ seed: 77, count: rows })
      const exact = noised.score(x)
      const ours = await model.score(x, { sigma })
      let error = 0
      let size = 0
      for (let i = 0; i < x.length; i++) {
        error += (ours[i]! - exact[i]!) ** 2
        size += exact[i]! ** 2
      }
      errors.push(error / size)
    }
    const worst = Math.max(...errors)
    const x = toy.sample({ seed: 78, count: densityRows })
    const exact = toy.logDensity(x)
    const { logDensity } = await model.logDensity(x)
    const differences = exact.map((value, i) => logDensity[i]! - value)
    const mean = average(differences)
    const absolute = average(differences.map(Math.abs))
    await model.dispose()
    const figure = (name: string, unit: string, ours: number, atMost: number, note?: string) => ({
      name: `eight Gaussians: ${name}`,
      unit,
      ours,
      peers: {},
      ratio: null,
      target: { atMost },
      met: ours <= atMost,
      ...(note ? { note } : {}),
    })
    yield figure(
      'largest relative Fisher error at σ ≥ 0.1',
      '%',
      100 * worst,
      1,
      levels.map((sigma, i) => `σ=${sigma}: ${(100 * errors[i]!).toFixed(2)}`).join(', '),
    )
    yield figure(
      '|mean log-density − true|',
      'nats',
      Math.abs(mean),
      0.02,
      `${densityRows} fresh draws, signed ${mean.toFixed(4)}`,
    )
    yield figure('mean |log-density − true|', 'nats', absolute, 0.1)
    yield figure('training time', 's', seconds, 60, `${(100 * inside).toFixed(1)} % inside the runtime`)
  },
}

function average(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
