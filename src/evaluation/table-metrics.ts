import { alphaPrecision } from './published/alpha-precision.ts'
import { betaRecall } from './published/beta-recall.ts'
import { c2st } from './published/c2st.ts'
import { shapeError } from './published/shape.ts'
import { trendError } from './published/trend.ts'
import type { TableMetric } from './table-metric.ts'

/** The measures that papers on synthetic tables print, of tables with their words and gaps, in the order of reports. */
export const tableMetrics: readonly TableMetric[] = [shapeError, trendError, c2st, alphaPrecision, betaRecall]
