import { expect, test } from 'vitest'
import { planRun } from './plan.node.ts'

test('a batch that is told and takes gigabytes is said; the default is not', async () => {
  const source = 'toy:two-moons'
  const usual = await planRun({ data: { source } })
  expect(usual.prepared.notes.join()).not.toContain('memory')
  const large = await planRun({ data: { source }, training: { batchSize: 3_000_000 } })
  expect(large.config.training.batchSize).toBe(3_000_000)
  expect(large.prepared.notes.at(-1)).toMatch(
    /^A step of 3000000 rows takes about \d+(\.\d)? GB of memory\.$/,
  )
})
