import { describe, expect, test } from 'vitest'
import {
  type AnyPrediction,
  convertPrediction,
  hostAlgebra,
  type NoisedPoint,
  noiseProcesses,
  noiseStateAt,
  type Prediction,
  type PredictionKind,
  prediction,
  predictionKinds,
  rectifiedFlow,
} from './index.ts'

const clean = Float64Array.of(0.7, -1.3, 0.02, 2)
const epsilon = Float64Array.of(-0.4, 1.1, 0.9, -0.05)
const kinds = Object.keys(predictionKinds) as PredictionKind[]

/** x_t, and every kind of prediction by its definition. */
function exact(alpha: number, std: number, alphaDerivative: number, stdDerivative: number) {
  const combine = (a: number, b: number): Float64Array => clean.map((c, k) => a * c + b * epsilon[k]!)
  return {
    x: combine(alpha, std),
    values: {
      epsilon,
      clean,
      v: combine(-std, alpha),
      score: combine(0, -1 / std),
      velocity: combine(alphaDerivative, stdDerivative),
    } satisfies Record<PredictionKind, Float64Array>,
  }
}

function expectClose(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  const scale = Math.max(1, ...expected.map(Math.abs))
  actual.forEach((value, k) => {
    expect(Math.abs(value - expected[k]!)).toBeLessThan(tolerance * scale)
  })
}

describe.each(noiseProcesses.map((process) => [process.name, process] as const))('%s', (_, process) => {
  const [tMin, tMax] = process.trainRange
  const times = [0, 0.01, 0.2, 0.5, 0.8, 0.99, 1].map((fraction) => tMin + fraction * (tMax - tMin))

  test.each(kinds.flatMap((from) => kinds.map((to) => [from, to] as const)))('%s → %s', (from, to) => {
    for (const t of times) {
      const state = noiseStateAt(process, t)
      const { alpha, std, alphaDerivative, stdDerivative } = state as Record<keyof typeof state, number>
      const { x, values } = exact(alpha, std, alphaDerivative, stdDerivative)
      const at: NoisedPoint<Float64Array> = { x, ...state }
      const there = convertPrediction(
        prediction(from, values[from]) as AnyPrediction<Float64Array>,
        to,
        at,
        hostAlgebra,
      )
      expect(there.kind).toBe(to)
      // Knowing x₀ to 1e-16 tells ε to 1e-16·(alpha/std), and the other way round.
      const conditioning = Math.max(alpha / std, std / alpha, 1)
      expectClose(there.value, values[to], 1e-14 * conditioning * Math.max(1, 1 / std))

      // The same with one coefficient for every number, and with numbers and arrays mixed.
      const spread = (value: number): Float64Array => clean.map(() => value)
      for (const mixed of [
        {
          x,
          alpha: spread(alpha),
          std: spread(std),
          alphaDerivative: spread(alphaDerivative),
          stdDerivative: spread(stdDerivative),
        },
        { x, alpha, std: spread(std), alphaDerivative, stdDerivative },
      ]) {
        const same = convertPrediction(
          prediction(from, values[from]) as AnyPrediction<Float64Array>,
          to,
          mixed,
          hostAlgebra,
        )
        expectClose(same.value, there.value, 1e-15 * conditioning * Math.max(1, 1 / std))
      }
    }
  })

  test('the velocity is the drift of the probability flow, f·x − ½g²·score', () => {
    for (const t of times) {
      const state = noiseStateAt(process, t)
      const { alpha, std, alphaDerivative, stdDerivative } = state as Record<keyof typeof state, number>
      const { x, values } = exact(alpha, std, alphaDerivative, stdDerivative)
      const drift = x.map(
        (v, k) => process.drift(t) * v - 0.5 * process.diffusionSquared(t) * values.score[k]!,
      )
      expectClose(drift, values.velocity, 1e-12 * Math.max(1, Math.abs(process.drift(t))))
    }
  })
})

test('for rectified flow the velocity is ε − x₀', () => {
  const state = noiseStateAt(rectifiedFlow(), 0.3)
  const x = clean.map((c, k) => 0.7 * c + 0.3 * epsilon[k]!)
  const velocity = convertPrediction(prediction('epsilon', epsilon), 'velocity', { x, ...state }, hostAlgebra)
  expectClose(
    velocity.value,
    epsilon.map((e, k) => e - clean[k]!),
    1e-15 * 10,
  )
})

test('kinds cannot be mixed up: the types say no', () => {
  const useScore = (score: Prediction<'score', Float64Array>): number => score.value.length
  expect(useScore(prediction('score', epsilon))).toBe(4)
  // @ts-expect-error an epsilon is not a score
  useScore(prediction('epsilon', epsilon))
  // @ts-expect-error a bare array says nothing of what it is
  expect(() => useScore(epsilon)).toThrow()
  // @ts-expect-error there is no such kind
  prediction('noise', epsilon)
  const state = { x: clean, ...noiseStateAt(rectifiedFlow(), 0.5) }
  const v = convertPrediction(prediction('epsilon', epsilon), 'v', state, hostAlgebra)
  // @ts-expect-error a v is not a score, even when converted
  useScore(v)
})

test('nothing is broadcast', () => {
  expect(() => hostAlgebra.add(clean, Float64Array.of(1))).toThrow(
    expect.objectContaining({ code: 'noise/length' }),
  )
})
