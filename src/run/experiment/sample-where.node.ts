import { duration } from '../../base/index.ts'
import { judgeCondition, rowsWhere, type Table, takeRows } from '../../data/node.ts'
import { ScorefieldError } from '../../engine/index.ts'
import { counted, fixed } from '../../evaluation/index.ts'
import type { GivenConditions, PointSampler } from '../../sampling/index.ts'
import { type OpenedModel, rowsToTable } from './open-model.node.ts'
import { type Found, isTooRare, patienceSeconds, rarest, rowsToLookAt, secondsLeft } from './rarity.ts'

/** Rows that fulfil a condition, and how rare they are. */
export interface ConditionalSample {
  readonly table: Table
  /** Rows drawn up to the last one that was kept, those that do not fulfil the condition among them; all, where it was stopped. */
  readonly drawn: number
  /** Whether it was stopped before all rows were found. */
  readonly stopped: boolean
}

/** What is told while rows are drawn. */
export interface ConditionalProgress extends Found {
  /** How long the rest will take, as far as what was found so far tells; undefined where nothing was found yet. */
  readonly secondsLeft: number | undefined
}

/** A model that is told what is known of a row, so that fewer rows are drawn in vain. */
export interface ToldModel {
  /** Opens what draws its rows; to be disposed of after use. */
  readonly open: (
    drawing: Pick<WhereOptions, 'sampler' | 'grid' | 'steps' | 'samplerOptions'>,
  ) => Promise<PointSampler>
  readonly conditions?: GivenConditions | undefined
  /** The rows with the cells that are given, as they are. */
  readonly dressed: (table: Table) => Table
}

/** What may be asked of a condition that rows must fulfil. */
export interface WhereOptions {
  readonly condition: string
  readonly count: number
  readonly seed: number
  readonly sampler: string
  readonly grid: string
  readonly steps: number
  readonly samplerOptions?: Readonly<Record<string, number>>
  /** What rows are drawn from; the run's own model unless given. */
  readonly told?: ToldModel | undefined
  readonly signal?: AbortSignal | undefined
  /** Seconds of drawing in vain before it gives up; 60 unless given. */
  readonly patience?: number
  readonly onSlip?: ((sentence: string) => void) | undefined
  readonly onProgress?: ((progress: ConditionalProgress) => void) | undefined
}

/**
 * Throws where a condition cannot be read, or no row that can come out fulfils it; tells slips. See `judgeCondition`.
 */
export async function requirePossible(
  { fitted, encoding, ...opened }: OpenedModel,
  { condition, onSlip }: Pick<WhereOptions, 'condition' | 'onSlip'>,
): Promise<void> {
  const one = rowsToTable({ fitted, encoding, ...opened }, new Float32Array(fitted.dimension), 1)
  await rowsWhere(one, condition)
  for (const slip of await judgeCondition(condition, one, (name) => encoding.outcomes(name))) onSlip?.(slip)
}

/** More rows than anybody waits for. */
const endless = 2 ** 40

/**
 * Rows of the model's distribution given a condition, by rejection: rows 0, 1, 2, … of the seed's sample are drawn, those that
 * fulfil the condition are kept, until there are `count`.
 *
 * It is exact: the kept rows have the model's own conditional distribution. Row i of the result is a function of (seed,
 * condition, i) only. condition: SQL over the columns, see `rowsWhere`. onSlip: what is likely a slip in it, told before anything
 * is drawn, see `judgeCondition`. A signal whose reason is of kind `interrupted`, as Ctrl-C's is, ends it with the rows found so
 * far, if there is one; by any other it rejects with the signal's reason.
 * Errors: `usage/where`, `usage/impossible-condition`, `usage/invented-column`; `sampling/condition-too-rare` as soon as it is
 * all but sure (95 %) that fewer than 1 in 20,000 rows fulfil it, or where a minute of drawing found none.
 */
export async function sampleWhere(opened: OpenedModel, options: WhereOptions): Promise<ConditionalSample> {
  const { condition, count, seed, told, patience = patienceSeconds, onProgress } = options
  options.signal?.throwIfAborted()
  const { dressed = (table: Table) => table } = told ?? {}
  const { fitted } = opened
  // A condition that cannot be read, or met, is an error before the first row is drawn.
  await requirePossible(opened, options)
  const sampler = await (told ? told.open(options) : fitted.sampler(options))
  const started = performance.now()
  const parts: Table[] = []
  let found: Found = { kept: 0, drawn: 0, seconds: 0 }
  let drawn = 0
  let stopped = false
  try {
    for await (const rows of drawnRows(sampler, options, () => rowsToLookAt(found, count))) {
      const looked = rows.length / fitted.dimension
      const table = dressed(rowsToTable(opened, rows, looked, { first: found.drawn, seed }))
      const places = (await rowsWhere(table, condition)).slice(0, count - found.kept)
      parts.push(takeRows(table, places))
      if (found.kept + places.length >= count) drawn = found.drawn + places.at(-1)! + 1
      found = {
        kept: found.kept + places.length,
        drawn: found.drawn + looked,
        seconds: (performance.now() - started) / 1000,
      }
      onProgress?.({ ...found, secondsLeft: secondsLeft(found, count) })
      if (found.kept >= count) break
      if (isTooRare(found, patience)) throw tooRare(found, condition, count)
    }
  } catch (error) {
    if (!(error instanceof ScorefieldError) || error.kind !== 'interrupted' || found.kept === 0) throw error
    stopped = true
    drawn = found.drawn
  } finally {
    await sampler.dispose()
  }
  return { table: joined(opened, parts, seed), drawn, stopped }
}

/** The rows of an endless sample, some at a time: as many as `wanted` says, or the rest of a batch more; all of them, where stopped. */
async function* drawnRows(
  sampler: PointSampler,
  { seed, signal, told }: Pick<WhereOptions, 'seed' | 'signal' | 'told'>,
  wanted: () => number,
): AsyncGenerator<Float32Array, void, undefined> {
  let waiting: Float32Array[] = []
  let count = 0
  try {
    for await (const event of sampler.draw({
      ...{ seed, first: 0, count: endless, signal },
      conditions: told?.conditions,
    })) {
      if (event.type !== 'samples') continue
      waiting.push(event.rows)
      count += event.rows.length / sampler.dimension
      if (count < wanted()) continue
      const rows = joinedRows(waiting)
      waiting = []
      count = 0
      yield rows
    }
  } catch (error) {
    if (waiting.length > 0) yield joinedRows(waiting)
    throw error
  }
}

function joinedRows(parts: readonly Float32Array[]): Float32Array {
  const rows = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    rows.set(part, at)
    at += part.length
  }
  return rows
}

function tooRare({ kept, drawn, seconds }: Found, condition: string, count: number): ScorefieldError {
  const fulfil = kept === 0 ? 'none fulfils' : `${kept} ${kept === 1 ? 'fulfils' : 'fulfil'}`
  // By the rule of three; of a handful of rows it says nothing.
  const bound = Math.min(rarest, Math.floor(drawn / 3))
  const share =
    bound < 2 ? '' : `: fewer than 1 in ${fixed(bound, 0)}, too few to find ${counted(count, 'row')} of them`
  return new ScorefieldError({
    kind: 'ability',
    code: 'sampling/condition-too-rare',
    message: `Of ${counted(drawn, 'row')} drawn in ${duration(seconds)}, ${fulfil} the condition ${condition}${share}.`,
    hint: 'Loosen the condition, or train on rows that fulfil it: scorefield train --sql "select * from … where …".',
  })
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
