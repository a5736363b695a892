import { expect, test } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type Rows, scaled, scalingOf } from '../rows.ts'
import { shrunkCorrelations } from './shrinkage.ts'

/** λ by its definition: a pass over the rows for each pair of columns. */
function byDefinition(rows: Rows): number {
  const { count, dimension } = rows
  const { values } = scaled(rows, scalingOf(rows))
  const column = (k: number): Float64Array => values.filter((_, at) => at % dimension === k)
  const sumOf = (of: Float64Array): number => of.reduce((sum, value) => sum + value, 0)
  let [variance, squares] = [0, 0]
  for (let a = 0; a < dimension; a++)
    for (let b = 0; b < a; b++) {
      const [x, y] = [column(a), column(b)]
      const size = Math.sqrt(sumOf(x.map((v) => v * v)) * sumOf(y.map((v) => v * v)))
      const r = size > 0 ? sumOf(x.map((v, i) => v * y[i]!)) / size : 0
      variance += (count / (count - 1) ** 3) * sumOf(x.map((v, i) => (v * y[i]! - r) ** 2))
      squares += r * r
    }
  return Math.min(1, variance / squares)
}

test.each([
  [30, 5],
  [300, 8],
])('the intensity of %i rows of %i columns is that of the definition', (count, dimension) => {
  const z = new RandomStream({ seed: 1, name: 'shrinkage' }).normal({ first: 0, count, width: dimension })
  // The second column is constant, the third follows the first.
  const values = Float64Array.from(z, (value, at) => {
    const k = at % dimension
    return k === 1 ? 3 : k === 2 ? z[at - 2]! + 0.1 * value : 5 * value
  })
  const rows = { values, count, dimension }
  expect(shrunkCorrelations(rows).intensity).toBeCloseTo(byDefinition(rows), 10)
})
