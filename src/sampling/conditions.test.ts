import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import type * as f from '../engine/index.ts'
import { asDenoiser, buildModel, families, type Model, withDerived } from '../family/index.ts'
import { startValues } from '../nn/index.ts'
import { checkedConditions, conditionRows } from './conditions.ts'
import { ownLogDensity } from './likelihood/direct.ts'
import { logDensity } from './likelihood/log-density.ts'
import { likelihoodKind } from './likelihood/methods/index.ts'
import { canBeSampledBy, drawAll, samplingMethods, type TrainedModel, usualMethod } from './methods/index.ts'

const shapes = { place: [2], label: [] }
const range = { sigmaMin: 0.02, sigmaMax: 10, sigmaData: 1 }
const count = 40
const place = Float32Array.from({ length: 2 * count }, (_, i) => 2 * Math.cos(i))
const label = Float32Array.from({ length: count }, (_, i) => 2 * Math.sin(i))

/** A small model of each family that takes conditions, with weights that do something. */
const trained = families
  .filter(({ takesConditions }) => takesConditions)
  .map((family): TrainedModel & { readonly family: string } => {
    const defaults = family.defaultSize({ event: [2], rows: 1000, network: 'residual-mlp' })
    const size = Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, Math.min(value, 8)]),
    )
    const parts = [{ kind: 'numbers', width: 2 }] as const
    const facts = { event: [2], parts, conditions: shapes, sigmaData: 1, network: 'residual-mlp', size }
    const model = withDerived(buildModel(family, facts))
    return { family: family.name, model, values: moved(model), range }
  })

function moved({ parameters }: Model): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(startValues(parameters, 1)).map(([name, start]) => {
      const moves = new RandomStream({ seed: 3, name }).normal({ first: 0, count: 1, width: start.length })
      return [name, start.map((value, i) => value + 0.1 * moves[i]!)]
    }),
  )
}

/** A denoiser's network, read as the end of the flow: what few-step students are. */
const students = trained
  .filter(({ model }) => model.can.denoise && model.levels === 'each')
  .slice(0, 1)
  .map((it) => {
    const model: Model = { ...it.model, can: { flowEnd: it.model.can.denoise! } }
    return { ...it, family: `${it.family}, a student`, model }
  })

/** Every family by its usual method, and every method once. */
const ways = [...trained, ...students].flatMap((it) =>
  samplingMethods
    .filter((method) => canBeSampledBy(method, it.model))
    .filter(
      (method) =>
        method === usualMethod(it.model) ||
        [...trained, ...students].find(({ model }) => canBeSampledBy(method, model)) === it,
    )
    .map((method) => [it.family, method.name, it, method] as const),
)

test('every method is among them', () => {
  expect(new Set(ways.map(([, method]) => method))).toEqual(new Set(samplingMethods.map(({ name }) => name)))
})

describe.each(ways)('%s by %s', (_family, _method, it, method) => {
  test('a row is a function of its index and its own conditions; one value for all is that of each', async () => {
    const sampler = await method.open({ trained: it, steps: Math.min(method.steps, 6) })
    const draw = (first: number, rows: number, conditions: f.Named<Float32Array>): Promise<Float32Array> =>
      drawAll(sampler, { seed: 5, first, count: rows, conditions })
    const all = await draw(3, count, { place, label })
    for (const row of [0, 17, count - 1]) {
      const own = { place: place.subarray(2 * row, 2 * row + 2), label: label.subarray(row, row + 1) }
      expect(await draw(3 + row, 1, own)).toEqual(all.subarray(2 * row, 2 * row + 2))
      const forAll = await draw(3, count, own)
      expect(forAll.subarray(2 * row, 2 * row + 2)).toEqual(all.subarray(2 * row, 2 * row + 2))
      const other = (row + 1) % count
      expect(forAll.subarray(2 * other, 2 * other + 2)).not.toEqual(all.subarray(2 * other, 2 * other + 2))
    }
    await sampler.dispose()
  })
})

const likely = trained.filter(({ model }) => likelihoodKind(model) !== 'none')

test.each(likely.map((it) => [it.family, it] as const))(
  'log-densities of %s: each row under its own',
  async (_, it) => {
    const x = new RandomStream({ seed: 2, name: 'x' }).normal({ first: 0, count, width: 2 })
    const of = async (points: Float32Array, conditions: f.Named<Float32Array>): Promise<Float64Array> => {
      const found =
        likelihoodKind(it.model) === 'flow'
          ? await logDensity({
              ...{
                fitted: { ...it, model: asDenoiser(it.model as Model<'denoise'>) },
                x: points,
                conditions,
              },
              ...{ ...range, method: { kind: 'fixed', steps: 4 } },
            })
          : await ownLogDensity({ ...it, x: points, conditions })
      return found.logDensity
    }
    const all = await of(x, { place, label })
    const [first, ...rest] = await of(x, {
      place: Float32Array.of(place[0]!, place[1]!),
      label: Float32Array.of(label[0]!),
    })
    expect(first).toBeCloseTo(all[0]!, 4)
    rest.forEach((value, i) => {
      expect(value).not.toBe(all[i + 1])
    })
    if (likelihoodKind(it.model) === 'bound') return // A row's draws go by its place.
    const row = 21
    const own = { place: place.subarray(2 * row, 2 * row + 2), label: label.subarray(row, row + 1) }
    expect((await of(x.slice(2 * row, 2 * row + 2), own))[0]).toBeCloseTo(all[row]!, 4)
  },
)

describe('what is given is checked', () => {
  test.each([
    [{ place }, /condition "label" of 1 numbers a row, 40 for 40 rows; none are given/],
    [
      { place: place.subarray(1), label },
      /condition "place" of 2 numbers a row, 80 for 40 rows; 79 are given/,
    ],
    [{ place, label, more: label }, /takes no condition "more"/],
    [{ place, label: label.map((v, i) => (i === 7 ? Number.NaN : v)) }, /"label" holds NaN at place 7/],
  ])('%#', (given, message) => {
    expect(() => checkedConditions(given, count, shapes)).toThrow(message)
  })

  test('one value for all rows is repeated, and numbers need no typed array', () => {
    const one = { label: [] }
    // However many rows there are: it is laid out for those of a batch.
    const given = checkedConditions({ label: [3] }, 2 ** 40, one)
    expect(conditionRows(given, one, { start: 2 ** 39, count: 4 })['label']).toEqual(
      Float32Array.of(3, 3, 3, 3),
    )
  })
})
