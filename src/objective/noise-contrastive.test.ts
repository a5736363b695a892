import { expect, test } from 'vitest'
import { gaussian } from '../density/index.ts'
import * as f from '../engine/index.ts'
import { largestDifference } from '../family/ability.test-helper.ts'
import {
  elsewhere,
  knownEnergy,
  nodesOf,
  normalNodes,
  twoGaussians,
  withDraws,
} from './known-model.test-helper.ts'
import { momentsGaussian } from './moments-gaussian.ts'
import { noiseContrastive } from './noise-contrastive.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'

test.each([1, 3])(
  'the cross-entropy of data against noise, least at the truth and its normaliser: ratio %i',
  async (ratio) => {
    const density = twoGaussians(1)
    const moments = { mean: [0.3], cholesky: [1.4] }
    const noise = gaussian({ mean: moments.mean, covariance: moments.cholesky[0]! ** 2 })
    const normal = normalNodes(130)
    const all = withDraws(
      nodesOf(density, [-8, 8], 130),
      normal.draws.map((z) => Array.from({ length: ratio }, () => z[0]!)),
      normal.mass,
    )
    const objective = noiseContrastive
    const told = { batchSize: all.count, moments: () => moments, settings: { ratio } }
    const lossOf = await hostLoss(objective, factsOf(objective, knownEnergy({ dimension: 1 }), told))
    const at = (theta: readonly number[]) =>
      lossOf({ theta }, { data: all.points, mass: all.mass, draws: { contrast: all.draws } })

    /** −∫ p ln h_θ − ν ∫ q ln(1 − h_θ), h_θ = p_θ/(p_θ + νq), by another quadrature. */
    const nodes = nodesOf(density, [-11, 11], 400)
    const logNoise = noise.logDensity(nodes.points)
    const logTruth = density.logDensity(nodes.points)
    const crossEntropy = ([a, b, c, constant]: readonly number[]): number =>
      nodes.mass.reduce((sum, mass, i) => {
        const x = nodes.points[i]!
        const logModel = logTruth[i]! - a! * x - (b! / 2) * x ** 2 - c! * Math.tanh(2 * x) - constant!
        const odds = logModel - logNoise[i]! - Math.log(ratio)
        const noiseMass = mass * Math.exp(logNoise[i]! - logTruth[i]!)
        return sum + mass * Math.log1p(Math.exp(-odds)) + ratio * noiseMass * Math.log1p(Math.exp(odds))
      }, 0)

    const truth = await at([0, 0, 0, 0])
    expect(truth.loss).toBeCloseTo(crossEntropy([0, 0, 0, 0]), 7)
    for (const slope of truth.gradient['theta']!) expect(Math.abs(slope)).toBeLessThan(1e-7)
    for (const theta of [...elsewhere, [0, 0, 0, 0.5], [0, 0, 0, -0.5]]) {
      const { loss } = await at(theta)
      expect(loss).toBeCloseTo(crossEntropy(theta), 7)
      expect(loss).toBeGreaterThan(truth.loss + 0.001)
    }
    await lossOf.dispose()
  },
)

test("the Gaussian of the moments: its points and its log-density are the density's own", async () => {
  const mean = [1, -2, 0.5]
  const cholesky = [2, 0, 0, 0.5, 0.3, 0, -1, 0.2, 0.7]
  const covariance = Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3), i % 3]
    return [0, 1, 2].reduce((sum, k) => sum + cholesky[3 * row + k]! * cholesky[3 * column + k]!, 0)
  })
  const exact = gaussian({ mean, covariance })
  const facts = factsOf(
    noiseContrastive,
    { ...knownEnergy({ dimension: 2 }), event: [3] },
    {
      batchSize: 4,
      moments: () => ({ mean, cholesky }),
    },
  )
  const normals = Float64Array.of(0, 0, 0, 1, 0, 0, 0.3, -1.2, 0.8, -2, 0.1, 1.5)
  const program = await f.compile(
    {
      name: 'gaussian',
      inputs: { normals: { shape: [4, 3], dtype: 'float32' } },
      step: ({ inputs }) => {
        const points = momentsGaussian(facts).points(inputs['normals']!)
        return { outputs: { points, logDensity: momentsGaussian(facts).logDensity(points) } }
      },
    },
    { runtime: f.referenceRuntime },
  )
  const { points, logDensity } = await program.run({ normals })
  expect([...points!.subarray(3, 6)]).toEqual([3, -1.5, -0.5])
  const onHost = momentsGaussian(facts).hostPoints(Float32Array.from(normals))
  expect(largestDifference(onHost, points!)).toBeLessThan(1e-6)
  expect(largestDifference(logDensity!, exact.logDensity(Float64Array.from(points!)))).toBeLessThan(1e-10)
  await program.dispose()
})
