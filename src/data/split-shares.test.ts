import { describe, expect, test } from 'vitest'
import { splitShares } from './split-shares.ts'

/** Rows to choose by and to report by. */
const rowsOf = (rowCount: number): [number, number, string] => {
  const { validation, test: share, weightsBy } = splitShares(rowCount)
  return [Math.round(validation * rowCount), Math.round(share * rowCount), weightsBy]
}

describe('unless told', () => {
  test.each([
    [4898, [245, 490, 'validation']],
    [900, [45, 90, 'validation']],
    [450, [45, 45, 'validation']],
    [449, [0, 45, 'test']],
    [150, [0, 45, 'test']],
    [100, [0, 30, 'test']],
    [50_000, [1000, 2000, 'validation']],
    [1_000_000, [1000, 2000, 'validation']],
  ] as const)('%i rows', (rowCount, expected) => {
    expect(rowsOf(rowCount)).toEqual(expected)
  })
})

test('what is told counts, and decides what is left open', () => {
  expect(splitShares(100, { validation: 0.2 })).toEqual({
    validation: 0.2,
    test: 0.3,
    weightsBy: 'validation',
  })
  expect(splitShares(5000, { validation: 0 })).toEqual({ validation: 0, test: 0.1, weightsBy: 'test' })
  expect(splitShares(5000, { weightsBy: 'none' })).toEqual({ validation: 0, test: 0.1, weightsBy: 'none' })
  expect(splitShares(5000, { test: 0 })).toEqual({ validation: 0.05, test: 0, weightsBy: 'validation' })
  expect(() => splitShares(5000, { validation: 0, weightsBy: 'validation' })).toThrow(
    expect.objectContaining({ code: 'usage/share' }),
  )
  expect(() => splitShares(5000, { test: 0, weightsBy: 'test' })).toThrow(/The test rows shall choose/)
  expect(splitShares(100, { test: 0 })).toEqual({ validation: 0, test: 0, weightsBy: 'none' })
})
