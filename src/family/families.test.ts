import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { startValues } from '../nn/index.ts'
import { families } from './families.ts'
import { type Ability, abilities, type Model, withDerived } from './model.ts'

const rows = 5

describe.each(families.flatMap((family) => [1, 2, 3].map((d) => [family.name, d, family] as const)))(
  '%s of %i columns',
  (_, dimension, family) => {
    const defaults = family.defaultSize({ dimension, rows: 1000, network: 'residual-mlp' })
    const size = Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, Math.min(value, 8)]),
    )
    const model = withDerived(
      family.build({
        event: [dimension],
        parts: [{ kind: 'numbers', width: dimension }],
        sigmaData: 1.5,
        network: 'residual-mlp',
        size,
      }),
    )

    test('can what it declares, derived abilities included, at the levels that it declares', () => {
      expect(new Set(Object.keys(model.can).filter((name) => model.can[name as Ability]))).toEqual(
        new Set(family.can),
      )
      expect(model.levels).toBe(family.levels)
      expect(f.sizeOf(model.event)).toBe(dimension)
    })

    const computed = abilities.map(({ name }) => name).filter((name) => model.can[name])
    test.each(computed)('%s: finite before training, and row b depends on row b only', async (ability) => {
      const { run, inputs } = await compiled(model, ability)
      const before = await run(inputs)
      expect(before.every(Number.isFinite)).toBe(true)
      const changed = Object.fromEntries(
        Object.entries(inputs).map(([name, values]) => {
          const width = values.length / rows
          const moved = (v: number): number => (name === 'sigma' ? 1.5 * v : Math.min(0.99, 0.7 * v + 0.1))
          return [name, values.map((v, i) => (Math.floor(i / width) === 2 ? moved(v) : v))]
        }),
      )
      const after = await run(changed)
      const width = before.length / rows
      for (let row = 0; row < rows; row++) {
        const part = (of: f.HostArray): f.HostArray => of.subarray(row * width, (row + 1) * width)
        if (row !== 2) expect(part(after)).toEqual(part(before))
      }
    })
  },
)

/** An ability in float64, as a function of its inputs. */
async function compiled(
  model: Model,
  ability: Ability,
): Promise<{
  run: (inputs: Record<string, Float64Array>) => Promise<f.HostArray>
  inputs: Record<string, Float64Array>
}> {
  const draws = (ability === 'generate' ? model.draws?.generate : model.draws?.bound) ?? {}
  const shapes: Record<string, f.Shape> = {}
  if (ability !== 'generate') shapes['x'] = [rows, ...model.event]
  if (ability !== 'generate' && model.levels === 'each') shapes['sigma'] = [rows]
  if (ability === 'generate' || ability === 'bound')
    for (const [name, { shape }] of Object.entries(draws)) shapes[name] = [rows, ...shape]
  const program = await f.compile(
    {
      name: ability,
      shared: model.parameters,
      inputs: Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
      ),
      step: ({ shared, inputs }) => {
        const { x, sigma, ...drawn } = inputs
        const y =
          ability === 'generate'
            ? model.can.generate!(shared, inputs)
            : model.can[ability]!(shared, { x: x!, sigma }, drawn)
        return { outputs: { y } }
      },
    },
    { runtime: f.referenceRuntime },
  )
  program.setShared(moved(startValues(model.parameters, 1)))
  const drawn = (name: string, shape: f.Shape): Float64Array => {
    const stream = new RandomStream({ seed: 4, name })
    const of = draws[name]?.of ?? (name === 'sigma' ? 'uniform' : 'normal')
    return Float64Array.from(stream[of]({ first: 0, count: rows, width: f.sizeOf(shape) / rows }))
  }
  return {
    inputs: Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, drawn(name, shape)])),
    run: async (inputs) => (await program.run(inputs))['y']!,
  }
}

/** First values, moved a little, so that no layer is silent. */
function moved(values: Readonly<Record<string, Float32Array>>): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(values).map(([name, start]) => {
      const noise = new RandomStream({ seed: 3, name }).normal({ first: 0, count: 1, width: start.length })
      return [name, start.map((value, i) => value + 0.1 * noise[i]!)]
    }),
  )
}
