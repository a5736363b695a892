import { type Column, columnsOfKind } from '../../data/index.ts'
import { correlation } from '../picture/numbers.ts'
import type { ReportAssociations, ReportData } from './data.ts'

/** Rows that correlations are computed of, and columns, at most. */
const mostColumns = 24

/** The maps that the evaluation brought; of an older one, Pearson's correlations of the columns of numbers. */
export function associationsOf({ associations, tables }: ReportData): ReportAssociations | undefined {
  return associations ?? correlationsOf(tables)
}

function correlationsOf({ real, synthetic }: ReportData['tables']): ReportAssociations | undefined {
  const made = new Map(columnsOfKind(synthetic, 'number').map((column) => [column.name, column.values]))
  const columns = columnsOfKind(real, 'number').filter(({ name }) => made.has(name))
  if (columns.length < 2) return undefined
  const some = columns.slice(0, 5 * mostColumns)
  const map = (values: readonly Float64Array[]): number[][] =>
    values.map((a, i) => values.map((b, j) => (i === j ? 1 : correlation(a, b))))
  return {
    measure: 'Pearson’s correlation',
    signed: true,
    columns: some.map(({ name }) => name),
    real: map(some.map(({ values }) => values)),
    synthetic: map(some.map(({ name }) => made.get(name)!)),
  }
}

/** What a pair of columns is measured by: of maps of numbers alone their one measure, else that of their kinds. */
export function measureOfPair(
  { measure, signed }: Pick<ReportAssociations, 'measure' | 'signed'>,
  kinds: readonly [Column['kind'], Column['kind']],
): string {
  if (signed) return measure
  const words = kinds.filter((kind) => kind === 'text').length
  return ['Pearson’s |r|', 'Correlation ratio η', 'Cramér’s V'][words]!
}

/** A pair of columns and how strongly they go together. */
export interface RelatedPair {
  readonly first: string
  readonly second: string
  readonly real: number
  readonly synthetic: number
}

/** Every pair of columns, the most related in the real rows first; pairs without a figure last. */
export function relatedPairs({ columns, real, synthetic }: ReportAssociations): RelatedPair[] {
  const strength = ({ real: value }: RelatedPair): number => (Number.isFinite(value) ? Math.abs(value) : -1)
  return columns
    .flatMap((first, i) =>
      columns.slice(i + 1).map((second, k) => ({
        first,
        second,
        real: real[i]![i + 1 + k] ?? Number.NaN,
        synthetic: synthetic[i]![i + 1 + k] ?? Number.NaN,
      })),
    )
    .sort((a, b) => strength(b) - strength(a))
}

/** The maps of those columns that are most related to others in the real rows; at most so many as can be read. */
export function readableMaps(maps: ReportAssociations): ReportAssociations {
  if (maps.columns.length <= mostColumns) return maps
  const strength = maps.real.map((row, i) =>
    row.reduce(
      (sum: number, value, j) =>
        sum + (i === j || value === null || Number.isNaN(value) ? 0 : Math.abs(value)),
      0,
    ),
  )
  const kept = maps.columns
    .map((_, i) => i)
    .sort((a, b) => strength[b]! - strength[a]!)
    .slice(0, mostColumns)
    .sort((a, b) => a - b)
  const part = (map: ReportAssociations['real']): (number | null)[][] =>
    kept.map((i) => kept.map((j) => map[i]![j]!))
  return {
    ...maps,
    columns: kept.map((i) => maps.columns[i]!),
    real: part(maps.real),
    synthetic: part(maps.synthetic),
  }
}
