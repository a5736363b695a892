import { groupsOf, jackknife, jackknifeInterval } from '../statistics/jackknife.ts'
import type { TableMetric } from '../table-metric.ts'
import { curveScore, levels, quantilesAt } from './levels.ts'
import { precisionSpace } from './precision-space.ts'

/**
 * α-precision: 1 − Σ_α |P(α) − α| / Σ_α α over 30 levels α = 0 … 1, P(α) the share of made rows no farther from the mean of the real
 * rows than the share α of the real rows nearest to it. Alaa et al. 2022, in the plain space of synthcity that
 * TabSyn uses: numbers over their range, one column a word.
 *
 * A gap of a number is at the mean, and a word of its own besides.
 */
export const alphaPrecision: TableMetric = {
  name: 'alpha-precision',
  summary: 'α-precision: whether made rows lie as near to the middle of the data as real ones; 1 is perfect',
  source: 'Alaa et al. 2022; synthcity, without embedding',
  better: 'higher',
  range: [0, 1],
  interval: `${jackknifeInterval}, the middle being that of all rows`,
  mostRows: 40_000,
  ofHalf: 1,
  measure: (pair) => {
    const { realToCentre, madeToCentre } = precisionSpace(pair)
    const groups = groupsOf({
      reference: { count: realToCentre.length },
      candidate: { count: madeToCentre.length },
      seed: pair.seed,
    })
    return jackknife((omitted) => {
      const radii = quantilesAt(
        realToCentre.filter((_, row) => groups.reference[row] !== omitted),
        levels,
      )
      const made = madeToCentre.filter((_, row) => groups.candidate[row] !== omitted).sort()
      let within = 0
      const curve = Array.from(radii, (radius) => {
        while (within < made.length && made[within]! <= radius) within++
        return within / made.length
      })
      return [curveScore(curve)]
    }, alphaPrecision.range)
  },
}
