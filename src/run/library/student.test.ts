import { expect, test } from 'vitest'
import { gaussianMixture } from '../../density/index.ts'
import { fit } from './fit.ts'

test.each([
  { objective: 'consistency', halvings: 6 },
  { objective: 'consistency-distillation', halvings: 4 },
])(
  'one step of a student comes near where the flow of its teacher ends: $objective',
  async ({ objective, halvings }) => {
    const mixture = gaussianMixture({
      means: [
        [-1.2, 0.6],
        [1, -0.8],
      ],
      covariances: [0.1, 0.2],
      weights: [0.4, 0.6],
    })
    const training = { batchSize: 128, learningRate: 2e-3, evaluateEverySteps: 10_000 }
    const teacher = await fit(mixture, { ...training, steps: 500, size: { width: 32 } })
    const student = await fit(mixture, {
      ...{ ...training, steps: 800, from: teacher },
      objective,
      objectiveOptions: { halvings },
    })
    const drawn = { count: 400, seed: 2 }
    const ends = await teacher.sample({ ...drawn, steps: 40 })
    const off = (rows: Float32Array): number =>
      Math.sqrt(rows.reduce((sum, value, i) => sum + (value - ends[i]!) ** 2, 0) / rows.length)
    const one = off(await student.sample({ ...drawn, steps: 1 }))
    // The denoiser's own one step ends at the mean of all, which is off by the spread of the data.
    const untrained = off(await teacher.sample({ ...drawn, steps: 1 }))
    expect(untrained).toBeGreaterThan(0.8)
    expect(one).toBeLessThan(untrained / 3)
    await student.dispose()
    await teacher.dispose()
  },
  240_000,
)

test('a student that follows a flow needs a model to start from', async () => {
  const asked = { objective: 'consistency-distillation', steps: 2, size: { width: 8 } }
  await expect(
    fit({ rows: new Float32Array(200).map((_, i) => i % 7), dimension: 2 }, asked),
  ).rejects.toMatchObject({
    code: 'training/needs-start',
  })
})
