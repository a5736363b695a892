import { type Aspect, firstMeasured } from '../fact.ts'
import { columns } from './columns.ts'
import { correlations } from './correlations.ts'
import { likelihood } from './likelihood.ts'
import { membership } from './membership.ts'
import { realism } from './realism.ts'
import { shape } from './shape.ts'
import { copies, copiesButOne, nearCopies, nearer, singleValues } from './show-through.ts'
import { trend } from './trend.ts'
import { usefulness } from './usefulness.ts'
import { variety } from './variety.ts'

/** All that is said of a run, in the order of reports. */
export const aspects: readonly Aspect[] = [
  realism,
  likelihood,
  firstMeasured([shape, columns]),
  firstMeasured([trend, correlations]),
  variety,
  usefulness,
  membership,
  copies,
  nearCopies,
  copiesButOne,
  singleValues,
  nearer,
]
