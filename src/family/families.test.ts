import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { residualMlp, startValues, uNet, usualNetwork } from '../nn/index.ts'
import { asInputs, conditionTypes, fromInputs } from './conditions.ts'
import { families } from './families.ts'
import { buildModel, type Family, seenEvent } from './family.ts'
import { type Ability, abilities, type Model, reshapedTo, withDerived } from './model.ts'
import type { RowPart } from './row-part.ts'
import { splineFlow } from './spline-flow.ts'

const rows = 5

/** A small model of a family, of pictures by the usual network. */
function ofPictures(family: Family, conditions: f.Named<f.Shape> | undefined): Model {
  const event = [2, 3, 4]
  const network = usualNetwork(seenEvent(family, event))
  const small: Readonly<Record<string, number>> = { channels: 16, width: 8, levels: 1, latent: 3 }
  const defaults = family.defaultSize({ event: seenEvent(family, event), rows: 1000, network })
  const size = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, small[name] ?? Math.min(value, 1)]),
  )
  const parts: readonly RowPart[] = [{ kind: 'numbers', width: 24 }]
  return withDerived(buildModel(family, { event, parts, conditions, sigmaData: 1.5, network, size }))
}

/** A small model of a family, of rows of numbers unless told. */
function small(
  family: Family,
  dimension: number,
  conditions?: f.Named<f.Shape>,
  parts: readonly RowPart[] = [{ kind: 'numbers', width: dimension }],
): Model {
  const defaults = family.defaultSize({ event: [dimension], rows: 1000, network: 'residual-mlp' })
  const size = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, Math.min(value, 8)]))
  const facts = { event: [dimension], parts, conditions, sigmaData: 1.5, network: 'residual-mlp', size }
  return withDerived(buildModel(family, facts))
}

const conditions = { place: [2], label: [] }
const cases = families.flatMap((family) =>
  [undefined, ...(family.takesConditions ? [conditions] : [])].flatMap((given) => [
    ...[1, 2, 3].map((d) => {
      const name = `${family.name} of ${d} columns${given ? ', conditioned' : ''}`
      return [name, [d], family, given, small(family, d, given)] as const
    }),
    [
      `${family.name} of pictures${given ? ', conditioned' : ''}`,
      [2, 3, 4],
      family,
      given,
      ofPictures(family, given),
    ] as const,
  ]),
)

describe.each(cases)('%s', (_name, event, family, given, model) => {
  test('can what it declares, derived abilities included, at the levels that it declares', () => {
    expect(new Set(Object.keys(model.can).filter((name) => model.can[name as Ability]))).toEqual(
      new Set(family.can),
    )
    expect(model.levels).toBe(family.levels)
    expect(model.conditions).toEqual(given)
    expect(model.event).toEqual(event)
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
})

describe('points of a shape', () => {
  const event = [1, 4, 4]
  const parts: readonly RowPart[] = [{ kind: 'numbers', width: 16 }]
  const named = (name: string): Family => families.find((family) => family.name === name)!
  const facts = { event, parts, sigmaData: 1, network: uNet }

  test('a network that does not take them is an error that says so', () => {
    const size = splineFlow.defaultSize({ event: [16], rows: 100, network: residualMlp })
    expect(() => buildModel(splineFlow, { ...facts, size })).toThrow(
      /"u-net" takes no points of the shape \[16\], which is how the family "spline-flow" sees them/,
    )
    const row = {
      event: [3],
      parts: [{ kind: 'numbers', width: 3 }],
      sigmaData: 1,
      network: uNet,
      size: {},
    } as const
    expect(() => buildModel(named('denoiser'), row)).toThrow(/"u-net" takes no points of the shape \[3\]/)
  })

  test('parts of a picture cannot be known', () => {
    expect(() => buildModel(named('denoiser'), { ...facts, partlyKnown: true, size: {} })).toThrow(
      expect.objectContaining({ code: 'family/no-conditions' }),
    )
  })

  test.each(['denoise', 'score'] as const)('%s of them as vectors is the same', async (ability) => {
    const model = ofPictures(named('denoiser'), conditions)
    const flat = reshapedTo(model, [24])
    const [whole, vectors] = [await compiled(model, ability), await compiled(flat, ability)]
    expect(await vectors.run(vectors.inputs)).toEqual(await whole.run(whole.inputs))
  })
})

/** An ability in float64, as a function of its inputs. */
async function compiled(
  model: Model,
  ability: Ability,
  values: (model: Model) => f.Named<ArrayLike<number>> = movedValues,
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
  for (const [name, { shape }] of Object.entries(asInputs(conditionTypes(model.conditions, rows))))
    shapes[name] = shape
  const program = await f.compile(
    {
      name: ability,
      shared: model.parameters,
      inputs: Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [name, { shape, dtype: 'float32' as const }]),
      ),
      step: ({ shared, inputs }) => {
        const { x, sigma } = inputs
        const conditions = fromInputs(inputs, model.conditions)
        const y =
          ability === 'generate'
            ? model.can.generate!(shared, inputs, { conditions })
            : model.can[ability]!(shared, { x: x!, sigma, conditions }, inputs)
        return { outputs: { y } }
      },
    },
    { runtime: f.referenceRuntime },
  )
  program.setShared(values(model))
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
function movedValues(model: Model): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(startValues(model.parameters, 1)).map(([name, start]) => {
      const noise = new RandomStream({ seed: 3, name }).normal({ first: 0, count: 1, width: start.length })
      return [name, start.map((value, i) => value + 0.1 * noise[i]!)]
    }),
  )
}

const words: readonly RowPart[] = [
  { kind: 'words', vectors: [Float64Array.of(-1), Float64Array.of(1.5)], spread: 0.25, shares: [0.7, 0.3] },
  { kind: 'numbers', width: 1 },
  { kind: 'words', vectors: [Float64Array.of(0), Float64Array.of(2)], spread: 0.3, shares: [0.4, 0.6] },
]
const numbers: readonly RowPart[] = [{ kind: 'numbers', width: 2 }]
const conditionedCases = families
  .filter(({ takesConditions }) => takesConditions)
  .flatMap((family) => [
    [family.name, 'numbers', family, numbers] as const,
    [family.name, 'words and numbers', family, words] as const,
  ])

describe.each(conditionedCases)('%s of %s under conditions', (_name, _kind, family, parts) => {
  const d = parts === words ? 3 : 2
  const [plain, conditioned] = [small(family, d, undefined, parts), small(family, d, conditions, parts)]
  const computed = abilities.map(({ name }) => name).filter((name) => plain.can[name])

  test.each(computed)('%s: before training it is that of the model without them', async (ability) => {
    const start = ({ parameters }: Model): f.Named<ArrayLike<number>> => startValues(parameters, 1)
    const under = await compiled(conditioned, ability, start)
    const without = await compiled(plain, ability, start)
    const [found, wanted] = [await under.run(under.inputs), await without.run(without.inputs)]
    for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 12)
  })

  test.each(computed)('%s: depends on each number of each condition, in every row', async (ability) => {
    const { run, inputs } = await compiled(conditioned, ability)
    const before = await run(inputs)
    const width = before.length / rows
    for (const [name, size] of [
      ['condition/place', 2],
      ['condition/label', 1],
    ] as const)
      for (let k = 0; k < size; k++) {
        const other = inputs[name]!.map((value, i) => (i % size === k ? value + 1 : value))
        const after = await run({ ...inputs, [name]: other })
        for (let row = 0; row < rows; row++) {
          const part = (of: f.HostArray): f.HostArray => of.subarray(row * width, (row + 1) * width)
          expect(part(after), `${name}, number ${k}, row ${row}`).not.toEqual(part(before))
        }
      }
  })
})

test('a family that takes no conditions says so before it builds', () => {
  const build = (): never => {
    throw new Error('built')
  }
  const family: Family = { ...families[0]!, name: 'plain', takesConditions: false, build }
  expect(() => small(family, 2, conditions)).toThrow(
    expect.objectContaining({
      code: 'family/no-conditions',
      message: expect.stringContaining('place, label'),
    }),
  )
})

test('a family whose model forgets the conditions that it says to take is found out', () => {
  const { build } = families[0]!
  const family: Family = { ...families[0]!, build: (facts) => build({ ...facts, conditions: undefined }) }
  expect(() => small(family, 2, conditions)).toThrow(
    expect.objectContaining({ code: 'family/no-conditions' }),
  )
})
