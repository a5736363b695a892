import { expect, test } from 'vitest'
import { preconditioned } from '../../family/index.ts'
import { residualMlp } from '../../nn/index.ts'
import { FittedModel } from './fitted-model.ts'
import { likelihoodRows } from './likelihood-rows.ts'

const fitted = (dimension: number, width: number): FittedModel =>
  new FittedModel({
    model: preconditioned({
      network: residualMlp,
      shape: { event: [dimension] },
      size: { width, blocks: 2, embedding: 16 },
      sigmaData: 1,
    }),
    values: {},
    range: { sigmaMin: 0.01, sigmaMax: 10, sigmaData: 1 },
  })

test('more rows where one costs less, and never fewer than 256', () => {
  const [small, large, huge] = [fitted(4, 64), fitted(12, 256), fitted(30, 2048)].map(likelihoodRows)
  expect(small).toBeGreaterThan(5000)
  expect(large).toBeGreaterThan(256)
  expect(large).toBeLessThan(small!)
  expect(huge).toBe(256)
})

test('beyond 48 columns the trace is estimated, and a column more costs no pass more', () => {
  expect([fitted(48, 16), fitted(49, 16), fitted(500, 16)].map((model) => model.tracePasses)).toEqual([
    48, 8, 8,
  ])
})
