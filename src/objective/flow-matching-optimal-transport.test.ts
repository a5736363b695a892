import { expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { largestDifference } from '../family/ability.test-helper.ts'
import { type Model, withDerived } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { chosen, flowMatchingOptimalTransport, transportPlan } from './flow-matching-optimal-transport.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'

const { settings } = flowMatchingOptimalTransport
const defaults = {
  regularisation: settings['regularisation']!.default,
  iterations: settings['iterations']!.default,
}
const sigmaData = 2

function normals(name: string, count: number): Float64Array {
  return Float64Array.from(new RandomStream({ seed: 1, name }).normal({ first: 0, count: 1, width: count }))
}

/** The plan between data of deviation σ_d, a shifted and stretched Gaussian, and standard noise. */
async function planOf(
  rows: number,
  d: number,
  options: Partial<typeof defaults> = {},
  runtime = f.referenceRuntime,
) {
  const x = normals('x', rows * d).map((value, i) => sigmaData * (value * (i % d === 0 ? 1.5 : 0.7) + 3))
  const z = normals('z', rows * d)
  const type: f.TensorType = { shape: [rows, d], dtype: 'float32' }
  const program = await f.compile(
    {
      name: 'plan',
      inputs: { x: type, z: type, u: { shape: [rows], dtype: 'float32' } },
      step: ({ inputs }) => {
        const plan = transportPlan(inputs['x']!, inputs['z']!, { sigmaData, ...defaults, ...options })
        return { outputs: { plan: f.exp(plan), chosen: chosen(plan, inputs['u']!) } }
      },
    },
    { runtime },
  )
  const host = runtime === f.referenceRuntime ? Float64Array : Float32Array
  const run = async (u: Float64Array) =>
    (await program.run({ x: host.from(x), z: host.from(z), u: host.from(u) })) as Record<string, f.HostArray>
  const { plan } = await run(new Float64Array(rows).fill(0.5))
  const cost = (i: number, j: number): number => {
    let total = 0
    for (let k = 0; k < d; k++) total += 0.5 * (x[i * d + k]! / sigmaData - z[j * d + k]!) ** 2
    return total
  }
  const mean = Float64Array.from(plan!).reduce(
    (sum, p, at) => sum + (p * cost(Math.floor(at / rows), at % rows)) / rows,
    0,
  )
  return { plan: plan!, cost, mean, run, dispose: () => program.dispose() }
}

test.each([
  [256, 2],
  [256, 12],
  [64, 100],
])('of %i points of %i numbers, as set unless told: rows of mass 1, columns nearly', async (rows, d) => {
  const { plan, mean, cost, dispose } = await planOf(rows, d, {}, await f.defaultRuntime())
  let [independent, worst, total] = [0, 0, 0]
  for (let i = 0; i < rows; i++) {
    let [row, column] = [0, 0]
    for (let j = 0; j < rows; j++) {
      row += plan[i * rows + j]!
      column += plan[j * rows + i]!
      independent += cost(i, j) / rows ** 2
    }
    expect(row).toBeCloseTo(1, 4)
    worst = Math.max(worst, Math.abs(column - 1))
    total += Math.abs(column - 1) / rows
  }
  expect(worst).toBeLessThan(0.05)
  expect(total).toBeLessThan(0.002)
  expect(mean).toBeLessThan(independent)
  await dispose()
})

test('a small ε finds the assignment of least cost', async () => {
  const rows = 6
  const { mean, cost, dispose } = await planOf(rows, 2, { regularisation: 0.01, iterations: 4000 })
  const best = (left: readonly number[], i: number): number =>
    i === rows
      ? 0
      : Math.min(
          ...left.map(
            (j) =>
              cost(i, j) +
              best(
                left.filter((k) => k !== j),
                i + 1,
              ),
          ),
        )
  expect(mean).toBeCloseTo(best([0, 1, 2, 3, 4, 5], 0) / rows, 3)
  await dispose()
})

test('a large ε leaves pairs independent', async () => {
  const { plan, dispose } = await planOf(16, 3, { regularisation: 1e4 })
  for (const p of plan) expect(p * 16).toBeCloseTo(1, 2)
  await dispose()
})

test('noise is chosen with the chances of the plan', async () => {
  const rows = 8
  const { plan, run, dispose } = await planOf(rows, 2)
  const counts = new Float64Array(rows * rows)
  const draws = 1000
  for (let k = 0; k < draws; k++) {
    const { chosen: places } = await run(new Float64Array(rows).fill((k + 0.5) / draws))
    for (const [i, j] of Array.from(places!).entries()) counts[i * rows + j]! += 1 / draws
  }
  expect(largestDifference(counts, plan)).toBeLessThan(1.01 / draws)
  await dispose()
})

test('only points of the same conditions share their noise', async () => {
  const rows = 8
  const model: Model<'denoise'> = {
    event: [1],
    conditions: { kind: [] },
    levels: 'each',
    parameters: { theta: zeros([1]) },
    // What it sees is what was noised: the loss tells which noise was taken.
    can: { denoise: ({ theta }, { x }) => f.add(x, f.broadcastTo(theta!, x.shape)) },
  }
  const objective = flowMatchingOptimalTransport
  const data = normals('x', rows)
  const noise = Float64Array.from({ length: rows }, (_, i) => 1 + i)
  const level = { sigma: new Float64Array(rows).fill(1), weight: new Float64Array(rows).fill(1) }
  /** The noise of each point: D − x₀ = σ z. */
  const taken = async (kind: readonly number[], pairing: number): Promise<number[]> => {
    const lossOf = await hostLoss(objective, factsOf(objective, withDerived(model), { batchSize: rows }))
    const draws = { noise, pairing: new Float64Array(rows).fill(pairing) }
    const { rows: losses } = await lossOf({ theta: [0] }, { data, draws, level, conditions: { kind } })
    await lossOf.dispose()
    return Array.from(losses, (loss) => Math.round(Math.sqrt(loss)))
  }
  const apart = Array.from(noise, (_, i) => i)
  const own = Array.from(noise)
  const groups = [0, 1, 0, 1, 0, 1, 0, 1]
  for (const pairing of [0.1, 0.5, 0.9]) {
    expect(await taken(apart, pairing)).toEqual(own)
    const found = await taken(groups, pairing)
    found.forEach((z, i) => {
      expect((z - 1) % 2).toBe(groups[i])
    })
  }
  expect(await taken(groups, 0.9)).not.toEqual(own)
  expect(
    new Set(
      (
        await taken(
          groups.map(() => 0),
          0.9,
        )
      ).map((z) => z % 2),
    ).size,
  ).toBe(2)
})
