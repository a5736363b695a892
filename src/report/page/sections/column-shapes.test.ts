import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../../base/index.ts'
import type { NumberColumn, TextColumn } from '../../../data/index.ts'
import { isConstant, numberShape, shareMoved, shareMovedByChance, wordShape } from './column-shapes.ts'

const numbers = (values: ArrayLike<number>): NumberColumn => ({
  kind: 'number',
  name: 'x',
  type: 'DOUBLE',
  decimals: 3,
  values: Float64Array.from(values),
})
const words = (values: readonly (string | null)[]): TextColumn => ({
  kind: 'text',
  name: 'w',
  type: 'VARCHAR',
  values,
})

describe('shares of words', () => {
  const real = words(['a', 'a', 'b', null, 'a', 'c', 'b', 'a'])
  const synthetic = words(['a', 'b', 'b', null, null, 'd', 'b', 'a'])

  it('are counted among rows with a value, the most frequent first', () => {
    const { words: found, gaps } = wordShape(real, synthetic)
    expect(found.map(({ word }) => word)).toEqual(['a', 'b', 'c', 'd'])
    expect(found[0]!.real).toBeCloseTo(4 / 7, 12)
    expect(found[1]!.synthetic).toBeCloseTo(3 / 6, 12)
    expect(gaps).toEqual({ real: 1 / 8, synthetic: 2 / 8 })
  })

  it('lie as far apart as rows have to move, gaps included', () => {
    // Of eight rows: two of "a" and one of "c" too few; one "b", one "d" and one gap too many.
    expect(shareMoved(wordShape(real, synthetic))).toBeCloseTo(3 / 8, 12)
    expect(shareMoved(wordShape(real, real))).toBe(0)
  })

  it('put rare words together, and lose none', () => {
    const many = words(Array.from({ length: 300 }, (_, i) => `word ${Math.floor(Math.sqrt(i))}`))
    const { words: found, others } = wordShape(many, many)
    expect(found.length + others!.count).toBe(18)
    expect(found.reduce((sum, { real: share }) => sum + share, others!.real)).toBeCloseTo(1, 12)
  })
})

describe('shares of numbers', () => {
  it('sum to one, and hold the median', () => {
    const shape = numberShape(numbers([1, 2, 3, 4, Number.NaN]), numbers([2, 2, 3, 9]))
    expect(shape.real.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(shape.gaps.real).toBe(1 / 5)
    expect(shape.medians).toEqual({ real: 2, synthetic: 2 })
  })

  it('of equal distributions move as far as chance says, on average', () => {
    const draw = (index: number): NumberColumn =>
      numbers(new RandomStream({ seed: index, name: 'shapes' }).normal({ first: 0, count: 400, width: 1 }))
    const shapes = Array.from({ length: 40 }, (_, k) => numberShape(draw(2 * k), draw(2 * k + 1)))
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value / values.length, 0)
    const [moved, chance] = [mean(shapes.map(shareMoved)), mean(shapes.map(shareMovedByChance))]
    // Forty pairs pin the mean down to about two percent; bins with a handful of rows are not quite normal.
    expect(Math.abs(moved / chance - 1)).toBeLessThan(0.06)
  })

  it('are constant only where both sides have one and the same value', () => {
    expect(isConstant(numberShape(numbers([7, 7, 7]), numbers([7, 7])))).toBe(true)
    expect(isConstant(numberShape(numbers([7, 7, 7]), numbers([7, 8])))).toBe(false)
    expect(isConstant(wordShape(words(['a', 'a']), words(['a', null])))).toBe(false)
  })
})
