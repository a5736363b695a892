import type { Evidence } from '../evidence.ts'
import { type Aspect, firstMeasured } from '../fact.ts'
import { columns } from './columns.ts'
import { correlations } from './correlations.ts'
import { fidelity } from './fidelity.ts'
import { labels } from './labels.ts'
import { likelihood } from './likelihood.ts'
import { membership } from './membership.ts'
import { realism } from './realism.ts'
import { shape } from './shape.ts'
import { copies, copiesButOne, nearCopies, nearer, singleValues } from './show-through.ts'
import { trend } from './trend.ts'
import { usefulness } from './usefulness.ts'
import { variety } from './variety.ts'

/** All that is said of a run of rows, in the order of reports. */
const rowAspects: readonly Aspect[] = [
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

/** The same of a run of pictures. */
const pictureAspects: readonly Aspect[] = [
  realism,
  fidelity,
  labels,
  variety,
  likelihood,
  membership,
  copies,
  nearCopies,
  nearer,
]

/** All that is said of any run. */
export const aspects: readonly Aspect[] = [...new Set([...rowAspects, ...pictureAspects])]

/** What is said of what was judged, in the order of reports. */
export function aspectsOf({ pictures }: Evidence): readonly Aspect[] {
  return pictures ? pictureAspects : rowAspects
}
