import { RandomStream } from '../../base/index.ts'
import { describedAs, type ExactDensity } from '../../density/index.ts'
import { type Rows, rowsAt, strided } from '../rows.ts'
import type { Baseline } from './baseline.ts'
import { fitMixture } from './expectation-maximisation.ts'

/** Sizes tried, in this order, until two in a row are no better than the best so far. */
const sizes = [1, 2, 3, 4, 6, 8, 12, 16] as const

/** A component is to stand on so many rows for each column, on average. */
const rowsPerColumn = 5

/** Rows that sizes are tried on, and rows that the chosen size is fitted to. */
const mostRowsToChoose = 4000
const mostRows = 20_000

/** One row in so many is held out to choose the size. */
const heldOutOneIn = 5

/**
 * A mixture of Gaussians with full covariances by expectation–maximisation; its size, up to 16, has the largest likelihood
 * on a fifth of the rows that was held out, and is then fitted to all rows. Dempster, Laird & Rubin 1977.
 */
export const gaussianMixtureBaseline: Baseline = {
  name: 'gaussian-mixture',
  mostColumns: 512,
  summary: 'a mixture of Gaussians, as many as held-out rows ask for',
  source: 'Dempster, Laird & Rubin 1977; Arthur & Vassilvitskii 2007',
  fit: ({ rows, seed }) => {
    const size = chosenSize(strided(rows, mostRowsToChoose), seed)
    return describedAs(fitMixture({ rows: strided(rows, mostRows), size, seed }), {
      name: gaussianMixtureBaseline.name,
      summary: `a mixture of Gaussians: ${size}, chosen by held-out likelihood`,
      source: gaussianMixtureBaseline.source,
    })
  },
}

function chosenSize(rows: Rows, seed: number): number {
  const order = new RandomStream({ seed, name: 'evaluation/mixture size' }).permutation({
    index: 0,
    size: rows.count,
  })
  const heldOutCount = Math.ceil(rows.count / heldOutOneIn)
  const heldOut = rowsAt(rows, order.subarray(0, heldOutCount))
  const train = rowsAt(rows, order.subarray(heldOutCount))
  const possible = sizes.filter((size) => size === 1 || size * rowsPerColumn * rows.dimension <= train.count)
  let best = { size: 1, likelihood: -Infinity }
  let worse = 0
  for (const size of possible) {
    const likelihood = meanLogDensity(fitMixture({ rows: train, size, seed }), heldOut)
    if (likelihood > best.likelihood) {
      best = { size, likelihood }
      worse = 0
    } else if (++worse === 2) break
  }
  return best.size
}

function meanLogDensity(density: ExactDensity, rows: Rows): number {
  return density.logDensity(rows.values).reduce((sum, value) => sum + value, 0) / rows.count
}
