import { rowsWhere, type Table, takeRows } from '../../data/node.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { drawAll } from '../../sampling/index.ts'
import { type OpenedModel, rowsToTable } from './open-model.node.ts'

/** Rows drawn between two looks at the condition. */
const batch = 4096
/** Rows drawn before a condition is given up that fewer than one in `rarest` fulfil. */
const mostVain = 400_000
const rarest = 20_000

/** Rows that fulfil a condition, and how rare they are. */
export interface ConditionalSample {
  readonly table: Table
  /** Rows drawn in all. */
  readonly drawn: number
}

/**
 * Rows of the model's distribution given a condition, by rejection: rows 0, 1, 2, … of the seed's sample are drawn, those that
 * fulfil the condition are kept, until there are `count`.
 *
 * It is exact: the kept rows have the model's own conditional distribution. Row i of the result is a function of (seed,
 * condition, i) only. condition: SQL over the columns, see `rowsWhere`.
 * Errors: `usage/where`; `sampling/condition-too-rare` when fewer than 1 in 20,000 rows fulfil it.
 */
export async function sampleWhere(
  opened: OpenedModel,
  options: {
    readonly condition: string
    readonly count: number
    readonly seed: number
    readonly sampler: string
    readonly grid: string
    readonly steps: number
    readonly signal?: AbortSignal | undefined
    readonly onProgress?: (kept: number, drawn: number) => void
  },
): Promise<ConditionalSample> {
  const { condition, count, seed, grid, steps, signal, onProgress } = options
  const { fitted } = opened
  // A condition that cannot be read is an error before the first row is drawn.
  await rowsWhere(rowsToTable(opened, new Float32Array(fitted.dimension), 1), condition)
  const sampler = await fitted.sampler({ sampler: options.sampler, grid, steps })
  const parts: Table[] = []
  let kept = 0
  let drawn = 0
  try {
    while (kept < count) {
      const rows = await drawAll(sampler, { seed, first: drawn, count: batch, signal })
      const table = rowsToTable(opened, rows, batch, { first: drawn, seed })
      const found = (await rowsWhere(table, condition)).slice(0, count - kept)
      parts.push(takeRows(table, found))
      drawn += batch
      kept += found.length
      onProgress?.(kept, drawn)
      if (drawn >= mostVain && kept < drawn / rarest)
        throw new ScorefieldError({
          kind: 'ability',
          code: 'sampling/condition-too-rare',
          message: `Of ${drawn} rows drawn, ${kept} fulfil the condition ${condition}.`,
          hint: 'Loosen the condition, or train on rows that fulfil it: scorefield train --sql "select * from … where …".',
        })
    }
  } finally {
    await sampler.dispose()
  }
  return { table: joined(opened, parts, seed), drawn }
}

/** One table of several; identifiers count on over all of them. */
function joined(opened: OpenedModel, parts: readonly Table[], seed: number): Table {
  const rowCount = parts.reduce((sum, part) => sum + part.rowCount, 0)
  const { encoding } = opened
  const counted = new Set(
    encoding.columns.flatMap(({ name, width, computed }) => (width === 0 && !computed ? [name] : [])),
  )
  const fresh = encoding.decode(new Float32Array(rowCount * encoding.width), rowCount, { seed })
  const columns = parts[0]!.columns.map((column, k) => {
    if (counted.has(column.name)) return fresh.columns[k]!
    if (column.kind === 'text')
      return { ...column, values: parts.flatMap((part) => part.columns[k]!.values as (string | null)[]) }
    const values = new Float64Array(rowCount)
    let at = 0
    for (const part of parts) {
      values.set(part.columns[k]!.values as Float64Array, at)
      at += part.rowCount
    }
    return { ...column, values }
  })
  return { rowCount, columns, source: parts[0]!.source }
}
