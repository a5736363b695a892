import { groupsOf, jackknife, jackknifeInterval } from '../statistics/jackknife.ts'
import type { TableMetric } from '../table-metric.ts'
import { curveScore, levels, quantilesAt } from './levels.ts'
import { precisionSpace } from './precision-space.ts'

/**
 * β-recall: 1 − Σ_β |R(β) − β| / Σ_β β over 30 levels β = 0 … 1, R(β) the share of real rows that have a made row no farther than
 * their nearest other real row, that made row being among the share β of such rows nearest to the mean of the made ones. Alaa et
 * al. 2022, as synthcity has it, in the space of α-precision. Fresh real rows reach about ½: half of all rows are nearer
 * to a fresh row than to one of their own; repeated rows change that.
 */
export const betaRecall: TableMetric = {
  name: 'beta-recall',
  summary:
    'β-recall: the share of real rows that a made row is as near to as another real row; see the floor',
  source: 'Alaa et al. 2022; synthcity, without embedding',
  better: 'higher',
  range: [0, 1],
  interval: `${jackknifeInterval}, each with the neighbours that it has among all rows`,
  mostRows: 40_000,
  ofHalf: 1,
  measure: (pair) => {
    const { isMet, nearestToMadeCentre } = precisionSpace(pair)
    const groups = groupsOf({
      reference: { count: isMet.length },
      candidate: { count: pair.candidate.rowCount },
      seed: pair.seed,
    })
    return jackknife((omitted) => {
      const kept = (_: number, row: number): boolean => groups.reference[row] !== omitted
      const [distances, met] = [nearestToMadeCentre.filter(kept), isMet.filter(kept)]
      const curve = quantilesAt(distances, levels).map((radius) => {
        let count = 0
        for (let row = 0; row < met.length; row++) if (met[row] === 1 && distances[row]! <= radius) count++
        return count / met.length
      })
      return [curveScore(curve)]
    }, betaRecall.range)
  },
}
