import { isGap, type Table } from '../data/index.ts'
import { classifierFigures, twoSampleArea } from './classifier-figures.ts'
import type { Tables } from './compared-tables.ts'
import { type Evaluation, evaluateRows, type Figure } from './evaluate-rows.ts'
import type { Metric } from './metric.ts'
import { classifier } from './metrics/classifier.ts'
import { coverage } from './metrics/coverage.ts'
import { energyDistance } from './metrics/energy-distance.ts'
import { kolmogorovSmirnov } from './metrics/kolmogorov-smirnov.ts'
import { totalVariation } from './metrics/total-variation.ts'
import { wasserstein } from './metrics/wasserstein.ts'
import { rowMetrics } from './metrics.ts'
import { publishedFigures, spread } from './published-figures.ts'
import type { Estimate } from './statistics/estimate.ts'
import { leastRows } from './statistics/jackknife.ts'
import { columnNamed, distanceViewer, frequencyPlaces } from './views.ts'

export type { Tables } from './compared-tables.ts'

const columnMetrics: readonly Metric[] = [kolmogorovSmirnov, wasserstein]
const distanceMetrics = rowMetrics.filter(
  (metric) => metric !== classifier && !columnMetrics.includes(metric),
)

/**
 * Measures generated rows of mixed columns: every figure against held-out rows, beside it its floor, as `evaluateRows` does.
 *
 * The classifier sees each column once (`treeViewer`) and all real rows (`classifierFigures`); distances, neighbourhoods and
 * correlations are taken where numbers are in standard deviations and words at distance 1 (`distanceViewer`). Column by
 * column: numbers and dates by their distribution functions over rows that have a value; categories, and the gaps of
 * numbers, by total variation.
 *
 * The measures of papers compare all training rows with as many synthetic ones (`publishedFigures`).
 *
 * names: the columns that are compared. Errors: those of `evaluateRows`.
 */
export function evaluateTables(
  tables: Tables,
  options: { readonly names: readonly string[]; readonly seed: number },
): Evaluation {
  const { names, seed } = options
  const some = fewer(tables)
  const distances = inView(some, distanceViewer(tables.real, names))
  const compared = evaluateRows({ ...distances, seed, metrics: distanceMetrics, scaling: 'none' })
  return {
    ...compared,
    rows: {
      real: tables.real.rowCount,
      heldOut: tables.heldOut.rowCount,
      synthetic: tables.synthetic.rowCount,
    },
    columns: names,
    figures: [
      ...classifierFigures(tables, { names, seed }),
      ...publishedFigures(tables, { names, seed }),
      ...compared.figures,
      ...numberFigures(some, names, seed),
      ...categoryFigures(some, names, seed),
    ],
  }
}

/** The few figures that models are compared by: the two-sample area of boosted trees, energy distance and coverage. */
export interface BriefFigures {
  readonly classifier: Estimate
  readonly energyDistance: Estimate
  readonly coverage: Estimate
}

/**
 * The figures of `evaluateTables` that models are compared by, of synthetic rows and, where those are left out, of real rows in
 * their place. Errors: those of `evaluateRows`.
 */
export function briefFigures(
  tables: Tables,
  { names, seed }: { readonly names: readonly string[]; readonly seed: number },
): BriefFigures & { readonly floor: Omit<BriefFigures, 'classifier'> } {
  const distances = inView(fewer(tables), distanceViewer(tables.real, names))
  const metrics = [energyDistance, coverage]
  const { figures } = evaluateRows({ ...distances, seed, metrics, scaling: 'none' })
  const found = (metric: Metric): Figure => figures.find(({ name }) => name === metric.name)!
  const { value, low, high } = twoSampleArea(tables, { names, seed })
  return {
    classifier: { value, low, high },
    energyDistance: found(energyDistance),
    coverage: found(coverage),
    floor: { energyDistance: found(energyDistance).floor, coverage: found(coverage).floor },
  }
}

/** As many rows as any metric of rows takes: a view of them all may be wide. */
function fewer({ real, heldOut, synthetic }: Tables): Tables {
  const most = Math.max(totalVariation.mostRows, ...rowMetrics.map(({ mostRows }) => mostRows))
  return { real: spread(real, most), heldOut: spread(heldOut, most), synthetic: spread(synthetic, most) }
}

function inView(
  { real, heldOut, synthetic }: Tables,
  view: (table: Table) => { values: Float64Array; columns: readonly string[] },
): { real: Float64Array; heldOut: Float64Array; synthetic: Float64Array; columns: readonly string[] } {
  const first = view(real)
  return {
    real: first.values,
    heldOut: view(heldOut).values,
    synthetic: view(synthetic).values,
    columns: first.columns,
  }
}

function numberFigures(tables: Tables, names: readonly string[], seed: number): Figure[] {
  const numbers = names.filter((name) => columnNamed(tables.real, name).kind === 'number')
  const whole = numbers.filter((name) => !hasGaps(tables, name))
  const valuesOf = (table: Table, of: readonly string[]): Float64Array => {
    const values = new Float64Array(table.rowCount * of.length)
    of.forEach((name, k) => {
      const { values: column } = columnNamed(table, name)
      for (let row = 0; row < table.rowCount; row++) values[row * of.length + k] = column[row] as number
    })
    return values
  }
  const figures =
    whole.length === 0
      ? []
      : evaluateRows({
          real: valuesOf(tables.real, whole),
          heldOut: valuesOf(tables.heldOut, whole),
          synthetic: valuesOf(tables.synthetic, whole),
          columns: whole,
          seed,
          metrics: columnMetrics,
        }).figures
  const gappy = numbers
    .filter((name) => hasGaps(tables, name))
    .flatMap((name) => {
      const filled = (table: Table): Float64Array =>
        (columnNamed(table, name).values as Float64Array).filter((value) => !Number.isNaN(value))
      const given = {
        real: filled(tables.real),
        heldOut: filled(tables.heldOut),
        synthetic: filled(tables.synthetic),
      }
      if (Object.values(given).some(({ length }) => length < leastRows)) return []
      const { figures } = evaluateRows({ ...given, columns: [name], seed, metrics: columnMetrics })
      return figures.filter(({ column }) => column !== undefined)
    })
  return [...figures, ...gappy]
}

function categoryFigures(tables: Tables, names: readonly string[], seed: number): Figure[] {
  const columns = names.flatMap((name) => {
    const column = columnNamed(tables.real, name)
    if (column.kind === 'text') return [{ name, codes: codesBy(frequencyPlaces(column), name) }]
    if (!hasGaps(tables, name)) return []
    const gaps = (table: Table): Float64Array => {
      const of = columnNamed(table, name)
      return Float64Array.from({ length: table.rowCount }, (_, row) => (isGap(of, row) ? 1 : 0))
    }
    return [{ name: `${name} (gaps)`, codes: gaps }]
  })
  if (columns.length === 0) return []
  const codesOf = (table: Table): Float64Array => {
    const values = new Float64Array(table.rowCount * columns.length)
    columns.forEach(({ codes }, k) => {
      codes(table).forEach((code, row) => {
        values[row * columns.length + k] = code
      })
    })
    return values
  }
  return [
    ...evaluateRows({
      real: codesOf(tables.real),
      heldOut: codesOf(tables.heldOut),
      synthetic: codesOf(tables.synthetic),
      columns: columns.map(({ name }) => name),
      seed,
      metrics: [totalVariation],
      scaling: 'none',
    }).figures,
  ]
}

function codesBy(places: ReadonlyMap<string | null, number>, name: string): (table: Table) => Float64Array {
  return (table) =>
    Float64Array.from(
      columnNamed(table, name).values as readonly (string | null)[],
      (word) => places.get(word) ?? places.size,
    )
}

function hasGaps({ real, heldOut, synthetic }: Tables, name: string): boolean {
  return [real, heldOut, synthetic].some((table) => {
    const column = columnNamed(table, name)
    return Array.from({ length: table.rowCount }, (_, row) => row).some((row) => isGap(column, row))
  })
}
