import { expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { type Model, perPoint } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { deviation, type KnownStudent, mean, slopes } from './consistency.test-helper.ts'
import { consistencyDistillation } from './consistency-distillation.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'

/**
 * φ = 0: the denoiser of N(m, s²), which the teacher is; φ = 1: the end of its flow, m + s (x − m)/√(s² + σ²). θ: a shift and a stretch that are 0
 * at σ = 0. `side` moves the mean of the denoiser as a condition would.
 */
function known(conditions?: f.Named<f.Shape>): Model<'flowEnd'> {
  return {
    event: [1],
    levels: 'each',
    parameters: { theta: zeros([2]), phi: zeros([1]) },
    ...(conditions && { conditions }),
    can: {
      flowEnd: ({ theta, phi }, at) => {
        const { x } = at
        const sigma = at.sigma!
        const part = (of: f.Tensor, k: number): f.Tensor =>
          f.broadcastTo(f.reshape(f.slice(of, { axis: 0, start: k, end: k + 1 }), [1, 1]), x.shape)
        const variance = f.add(f.square(sigma), deviation ** 2)
        const toEnd = f.mul(f.reciprocal(f.sqrt(variance)), deviation)
        const toMean = f.mul(f.reciprocal(variance), deviation ** 2)
        const told = at.conditions?.['side']
        const centre = told ? f.add(perPoint(told, x), mean) : f.broadcastTo(f.constant(mean), x.shape)
        const from = f.sub(x, centre)
        const end = f.add(f.mul(from, perPoint(toEnd, x)), centre)
        const clean = f.add(f.mul(from, perPoint(toMean, x)), centre)
        const chosen = f.add(f.mul(part(phi!, 0), f.sub(end, clean)), clean)
        const grown = perPoint(f.div(sigma, f.add(sigma, 1)), x)
        const off = f.add(part(theta!, 0), f.mul(part(theta!, 1), f.sub(end, mean)))
        return f.add(chosen, f.mul(grown, off))
      },
    },
  }
}

const teacher = { 'teacher/theta': [0, 0], 'teacher/phi': [0] }

/** What knows the flow but for θ. */
const student: KnownStudent = {
  objective: consistencyDistillation,
  model: known(),
  values: { phi: [1] },
  kept: teacher,
}

test.each([
  { sigma: 0.3, huber: 1 },
  { sigma: 2, huber: 1 },
  // Student and teacher are on one path, so that nothing is left to spread: errors may count by their size everywhere.
  { sigma: 1, huber: 0.001 },
])('the end of the teacher’s flow makes it least: $sigma, $huber', async ({ sigma, huber }) => {
  const [exact, right, left, wide, narrow] = (await slopes(student, { halvings: 9, huber, sigma }, [
    [0, 0],
    [0.3, 0],
    [-0.3, 0],
    [0, 0.3],
    [0, -0.3],
  ])) as [number[], number[], number[], number[], number[]]
  expect(right[0]).toBeGreaterThan(0)
  expect(left[0]).toBeLessThan(0)
  expect(wide[1]).toBeGreaterThan(0)
  expect(narrow[1]).toBeLessThan(0)
  expect(Math.abs(exact[0]! / right[0]!)).toBeLessThan(0.02)
  expect(Math.abs(exact[1]! / wide[1]!)).toBeLessThan(huber < 0.01 ? 0.5 : 0.05)
})

test('the loss of each point goes to 0 at the flow as the gap does, with the gap squared', async () => {
  const at = async (halvings: number): Promise<number> => {
    const facts = factsOf(consistencyDistillation, known(), {
      batchSize: 1,
      settings: { halvings, huber: 1 },
    })
    const loss = await hostLoss(consistencyDistillation, facts)
    const { loss: found } = await loss(
      { theta: [0, 0], phi: [1] },
      {
        ...{ data: [1.3], draws: { noise: [0.7] }, level: { sigma: [1], weight: [1] } },
        state: { done: [0], ...teacher },
      },
    )
    await loss.dispose()
    // Per gap, and squared: what is left of an Euler step is of second order, so its square over the gap is of third.
    return found
  }
  const [wide, narrow] = [await at(6), await at(7)]
  expect(wide / narrow).toBeGreaterThan(7)
  expect(wide / narrow).toBeLessThan(9)
})

test('a guided teacher goes further along what its conditions say, and is kept as it is', async () => {
  const [x, z, sigma, side] = [0.3, 1, 0.02, 0.25]
  const guidance = 3
  const facts = factsOf(consistencyDistillation, known({ side: [] }), {
    batchSize: 1,
    settings: { halvings: 1, huber: 1, guidance },
  })
  const loss = await hostLoss(consistencyDistillation, facts)
  const { loss: found, state } = await loss(
    { theta: [0, 0], phi: [1] },
    {
      ...{
        data: [x],
        draws: { noise: [z] },
        level: { sigma: [sigma], weight: [4] },
        conditions: { side: [side] },
      },
      state: { done: [0], ...teacher },
    },
  )
  await loss.dispose()
  const noisy = x + sigma * z
  const shrunk = deviation ** 2 / (deviation ** 2 + sigma ** 2)
  const denoised = (centre: number): number => centre + shrunk * (noisy - centre)
  const guided = guidance * denoised(mean + side) + (1 - guidance) * denoised(mean)
  const centre = mean + side
  const student = centre + (deviation * (noisy - centre)) / Math.hypot(deviation, sigma)
  // The gap is so wide that the lower level is 0, and the path ends at the guided denoiser: σ/(σ − 0) = 1; c = 1 · σ_d = 1; √4.
  expect(found).toBeCloseTo(2 * (Math.hypot(student - guided, 1) - 1), 12)
  expect(state['teacher/phi']).toEqual(Float64Array.of(0))
  expect(state['done']).toEqual(Float64Array.of(1))
})
