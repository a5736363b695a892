import { expect, test } from 'vitest'
import * as f from '../engine/index.ts'
import { type Model, perPoint } from '../family/index.ts'
import { zeros } from '../nn/index.ts'
import { deviation, type KnownStudent, mean, slopes } from './consistency.test-helper.ts'
import { consistency } from './consistency.ts'
import { factsOf, hostLoss } from './objective.test-helper.ts'

/**
 * The flow of N(m, s²) ends at m + s (x − m)/√(s² + σ²): that, and what is off by θ: a shift and a stretch that are 0 at σ = 0.
 */
const known: Model<'flowEnd'> = {
  event: [1],
  levels: 'each',
  parameters: { theta: zeros([2]) },
  can: {
    flowEnd: ({ theta }, { x, sigma }) => {
      const part = (k: number): f.Tensor =>
        f.broadcastTo(f.reshape(f.slice(theta!, { axis: 0, start: k, end: k + 1 }), [1, 1]), x.shape)
      const shrunk = f.mul(f.reciprocal(f.sqrt(f.add(f.square(sigma!), deviation ** 2))), deviation)
      const end = f.add(f.mul(f.sub(x, mean), perPoint(shrunk, x)), mean)
      const grown = perPoint(f.div(sigma!, f.add(sigma!, 1)), x)
      return f.add(end, f.mul(grown, f.add(part(0), f.mul(part(1), f.sub(end, mean)))))
    },
  },
}

/** What knows the flow but for θ. */
const student: KnownStudent = { objective: consistency, model: known }

const [off, back] = [0.3, -0.3]

test.each([
  { sigma: 0.3, huber: 1 },
  { sigma: 2, huber: 1 },
  // By symmetry the median of a normal is its mean, so that errors may count by their size, too.
  { sigma: 1, huber: 0.001 },
])('a Gaussian’s flow makes it least: $sigma, $huber', async ({ sigma, huber }) => {
  const asked = { halvings: 9, huber, sigma }
  const [exact, right, left, wide, narrow] = (await slopes(student, asked, [
    [0, 0],
    [off, 0],
    [back, 0],
    [0, off],
    [0, back],
  ])) as [number[], number[], number[], number[], number[]]
  expect(right[0]).toBeGreaterThan(0)
  expect(left[0]).toBeLessThan(0)
  expect(wide[1]).toBeGreaterThan(0)
  expect(narrow[1]).toBeLessThan(0)
  expect(Math.abs(exact[0]! / right[0]!)).toBeLessThan(0.02)
  expect(Math.abs(exact[1]! / wide[1]!)).toBeLessThan(0.05)
})

test('what is left of a slope at the flow goes with the gap', async () => {
  const left = async (halvings: number): Promise<number> => {
    const [exact, wide] = await slopes(student, { halvings, huber: 1, sigma: 1 }, [
      [0, 0],
      [0, off],
    ])
    return Math.abs(exact![1]! / wide![1]!)
  }
  const [wide, narrow] = [await left(5), await left(8)]
  expect(narrow).toBeLessThan(wide / 4)
})

test('the gap is halved evenly over the steps, and the steps are counted', async () => {
  const batch = {
    data: [0.3, -1],
    draws: { noise: [1, -0.4] },
    level: { sigma: [0.5, 3], weight: [2, 1] },
  }
  const at = async (told: { halvings: number; steps?: number }, done: number): Promise<f.HostArray> => {
    const { steps, ...settings } = told
    const facts = factsOf(consistency, known, { batchSize: 2, settings, ...(steps ? { steps } : {}) })
    const loss = await hostLoss(consistency, facts)
    const { rows, state } = await loss({ theta: [0.1, 0.2] }, { ...batch, state: { done: [done] } })
    expect(state['done']).toEqual(Float64Array.of(done + 1))
    await loss.dispose()
    return rows
  }
  const schedule = { halvings: 4, steps: 40 }
  expect(await at(schedule, 0)).toEqual(await at({ halvings: 1 }, 0))
  expect(await at(schedule, 10)).toEqual(await at({ halvings: 2 }, 0))
  expect(await at(schedule, 29)).toEqual(await at({ halvings: 3 }, 0))
  // More steps than were planned stay at the least gap.
  expect(await at(schedule, 60)).toEqual(await at({ halvings: 4 }, 0))
})

test('below σ_min the teacher is the clean point', async () => {
  const facts = factsOf(consistency, known, { batchSize: 1, settings: { halvings: 1, huber: 1 } })
  const loss = await hostLoss(consistency, facts)
  const [x, z, sigma, theta] = [0.3, 1, 0.02, 0.5]
  const { loss: found } = await loss(
    { theta: [theta, 0] },
    { data: [x], draws: { noise: [z] }, level: { sigma: [sigma], weight: [4] }, state: { done: [0] } },
  )
  const end = mean + (deviation * (x + sigma * z - mean)) / Math.hypot(deviation, sigma)
  const student = end + (theta * sigma) / (1 + sigma)
  // σ/(σ − 0) = 1; c = 1 · σ_d = 1.
  expect(found).toBeCloseTo(2 * (Math.hypot(student - x, 1) - 1), 12)
  await loss.dispose()
})
