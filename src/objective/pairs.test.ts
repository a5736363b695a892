import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { largestDifference } from '../family/ability.test-helper.ts'
import { buildModel, families, type Model, withDerived } from '../family/index.ts'
import { startValues } from '../nn/index.ts'
import { factsOf, hostLoss, type WeightedBatch } from './objective.test-helper.ts'
import type { Objective, ObjectiveFacts } from './objective.ts'
import { objectives } from './objectives.ts'
import { weightings } from './weightings/index.ts'

const batchSize = 6
const event = [2]
const sigmaData = 1.5
const range = { sigmaMin: 0.05, sigmaMax: 20, sigmaData }

const conditions = { place: [2], label: [] }

/** Every family with every objective that fits it. */
function pairsOf(given?: f.Named<f.Shape>) {
  return families
    .filter(({ takesConditions }) => takesConditions || !given)
    .flatMap((family) => fitting(family, given))
}

function fitting(family: (typeof families)[number], given?: f.Named<f.Shape>) {
  const defaults = family.defaultSize({ event: [2], rows: 1000, network: 'residual-mlp' })
  const size = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, Math.min(value, 8)]))
  const model = withDerived(
    buildModel(family, {
      event,
      conditions: given,
      parts: [{ kind: 'numbers', width: 2 }],
      sigmaData,
      network: 'residual-mlp',
      size,
    }),
  )
  return objectives
    .filter(
      ({ needs, reads, levels }) =>
        levels === model.levels && (reads?.needs ?? needs).every((ability) => model.can[ability]),
    )
    .map(
      (objective) => [objective.name, family.name, objective, objective.reads?.as(model) ?? model] as const,
    )
}

const pairs = pairsOf()
/** Of what families use unless told, and of each objective one more. */
const conditionedPairs = pairsOf(conditions).filter(
  ([objective, family], i, all) =>
    families.some((it) => it.name === family && it.objective === objective) ||
    all.findIndex(([name]) => name === objective) === i,
)

test('every objective has a family, and every family its own objective', () => {
  for (const { name } of objectives) {
    expect(pairs.map(([objective]) => objective)).toContain(name)
    expect(conditionedPairs.map(([objective]) => objective)).toContain(name)
  }
  for (const { name, objective } of families)
    expect(pairs.map(([of, family]) => `${family} by ${of}`)).toContain(`${name} by ${objective}`)
})

/** Numbers of this distribution, of every example. */
function drawn(name: string, of: 'normal' | 'uniform' | 'rademacher', shape: f.Shape): Float32Array {
  return new RandomStream({ seed: 2, name })[of]({ first: 0, count: batchSize, width: f.sizeOf(shape) })
}

/** A batch with what the objective draws, away from where derivatives jump. */
function batchOf(objective: Objective, facts: ObjectiveFacts): WeightedBatch {
  const sigma = Float32Array.from({ length: batchSize }, (_, i) => 0.1 * 3 ** i)
  return {
    data: drawn('data', 'normal', event).map((value) => 0.6 + sigmaData * value),
    draws: Object.fromEntries(
      Object.entries(objective.draws(facts)).map(([name, { of, shape }]) => [name, drawn(name, of, shape)]),
    ),
    level: { sigma, weight: sigma.map((value) => weightings[0]!.weight(value, range)) },
    conditions: f.mapNamed(facts.model.conditions ?? {}, (shape, name) => drawn(name, 'normal', shape)),
    state: objective.startState?.(facts, 1, startValues(facts.model.parameters, 2)) ?? {},
  }
}

/** The first values, moved a little, so that no layer is silent. */
function values(model: Model): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(startValues(model.parameters, 1)).map(([name, start]) => {
      const moves = new RandomStream({ seed: 3, name }).normal({ first: 0, count: 1, width: start.length })
      return [name, start.map((value, i) => value + 0.1 * moves[i]!)]
    }),
  )
}

/** Alike but for float32's round-off, beside the largest number of all. */
function close(found: f.Named<f.HostArray>, exact: f.Named<f.HostArray>): void {
  const size = Math.max(...Object.values(exact).flatMap((values) => [...values.map(Math.abs)]))
  for (const [name, values] of Object.entries(exact))
    expect(largestDifference(found[name]!, values) / size, name).toBeLessThan(1e-4)
}

const both = [
  ...pairs.map(([objective, family, ...rest]) => [objective, family, '', ...rest] as const),
  ...conditionedPairs.map(
    ([objective, family, ...rest]) => [objective, family, ', conditioned', ...rest] as const,
  ),
]

describe.each(both)('%s of %s%s', (_name, _family, _words, objective, model) => {
  test('a batch has a finite loss; it and its gradient are those of float64', async () => {
    const facts = factsOf(objective, model, { batchSize, range })
    const [exactly, inFloat32] = [
      await hostLoss(objective, facts),
      await hostLoss(objective, facts, await f.defaultRuntime()),
    ]
    const batch = batchOf(objective, facts)
    const [exact, found] = [await exactly(values(model), batch), await inFloat32(values(model), batch)]
    expect(exact.rows.every(Number.isFinite)).toBe(true)
    expect(Object.values(exact.gradient).some((gradient) => gradient.some((slope) => slope !== 0))).toBe(true)
    close({ loss: found.rows }, { loss: exact.rows })
    close(found.gradient, exact.gradient)
    close(found.state, exact.state)
    await exactly.dispose()
    await inFloat32.dispose()
  })
})

describe.each(conditionedPairs)('%s of %s under conditions', (_name, familyName, objective, model) => {
  test('the gradient reaches the weights of the conditions', async () => {
    const plain = pairs.find(([name, of]) => name === objective.name && of === familyName)![3]
    const facts = factsOf(objective, model, { batchSize, range })
    const lossOf = await hostLoss(objective, facts)
    const { gradient } = await lossOf(values(model), batchOf(objective, facts))
    await lossOf.dispose()
    // They are parameters of their own, or the last rows of a matrix that has more rows for them.
    const own = Object.entries(gradient).flatMap(([name, slopes]) => {
      const without = plain.parameters[name] ? f.sizeOf(plain.parameters[name].shape) : 0
      return slopes.length > without ? [[name, slopes.subarray(without)] as const] : []
    })
    expect(own.length).toBeGreaterThan(0)
    for (const [name, slopes] of own)
      expect(
        slopes.some((slope) => slope !== 0),
        name,
      ).toBe(true)
  })
})
