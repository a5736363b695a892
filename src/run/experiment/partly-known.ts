import { didYouMean, ScorefieldError } from '../../base/index.ts'
import { type Encoding, type Masks, partlyKnownRows, partlyKnownSource } from '../../data/index.ts'
import { type RowPart, widthOf } from '../../family/index.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import type { PreparedData } from '../data/kind.ts'

/** What names every column in the place of a list of columns. */
export const everyColumn = 'all'

/** Whether a model is asked with parts of the row known or absent. */
export function learnsPartly({ data, model }: RunConfig): boolean {
  return data.gaps === 'unknown' || (model.conditions ?? []).length > 0
}

/** Columns that are modelled, in their order, each with its parts by their places in `parts`. */
export interface ColumnParts {
  readonly parts: readonly RowPart[]
  readonly columns: readonly { readonly name: string; readonly parts: readonly number[] }[]
}

/** The parts of a point, none of which reaches over two columns. */
export function partsByColumn(encoding: Pick<Encoding, 'parts' | 'columns' | 'columnRange'>): ColumnParts {
  const ranges = encoding.columns.flatMap(({ name }) => {
    const range = encoding.columnRange(name)
    return range ? [{ name, ...range }] : []
  })
  const columns = ranges.map(({ name }) => ({ name, parts: [] as number[] }))
  const parts: RowPart[] = []
  // `within` names the place of a part of words, and none of those is cut: their new places are looked up.
  const places = new Map<number, number>()
  let at = 0
  encoding.parts.forEach((part, k) => {
    places.set(k, parts.length)
    const width = widthOf(part)
    for (const [c, { offset, width: own }] of ranges.entries()) {
      const shared = Math.min(at + width, offset + own) - Math.max(at, offset)
      if (shared <= 0) continue
      columns[c]!.parts.push(parts.length)
      parts.push(part.kind === 'words' ? part : { ...part, width: shared })
    }
    at += width
  })
  const moved = parts.map((part): RowPart => {
    if (part.kind === 'words' || part.within === undefined) return part
    return { ...part, within: { ...part.within, part: places.get(part.within.part)! } }
  })
  return { parts: moved, columns }
}

/**
 * The options with the names of the columns that may be given, in the place of "all".
 * Throws `model/conditions` where one cannot be given.
 */
export function withConditionNames(given: RunOptions, encoding: Encoding): RunOptions {
  const told = given.model?.conditions
  if (told === undefined) return given
  const { columns } = partsByColumn(encoding)
  const modelled = columns.map(({ name }) => name)
  const all = told.length === 1 && told[0] === everyColumn && !modelled.includes(everyColumn)
  const names = all ? modelled : [...new Set(told)]
  for (const name of names) if (!modelled.includes(name)) throw cannotBeGiven(name, modelled, encoding)
  if (columns.length < 2 && names.length > 0)
    throw wrong(
      `There is one column, ${modelled[0]}: with it given there is nothing to draw.`,
      'Leave model.conditions out.',
    )
  if (!all && names.length === modelled.length)
    throw wrong(
      'model.conditions names every column: with all given there is nothing to draw.',
      `Take ["${everyColumn}"], which gives any of them and asks for the others.`,
    )
  return { ...given, model: { ...given.model, conditions: names } }
}

function cannotBeGiven(name: string, modelled: readonly string[], { columns }: Encoding): ScorefieldError {
  const there = columns.find((column) => column.name === name)
  const why = there
    ? `it is not modelled (${there.computed ? 'computed from other columns' : there.encoder}).`
    : `there is no such column.${didYouMean(name, modelled, "'")}`
  return wrong(`'${name}' cannot be given: ${why}`, `These can: ${modelled.join(', ')}.`)
}

function wrong(message: string, hint: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'model/conditions',
    message,
    where: 'model.conditions',
    hint,
  })
}

/** The data as a model of partly known rows learns them, where the configuration asks for one: which columns are given is drawn. */
export function asLearned(prepared: PreparedData, config: RunConfig): PreparedData {
  if (!learnsPartly(config)) return prepared
  const { heldOut, source } = prepared
  const masks = masksOf(prepared.encoding, config)
  return {
    ...prepared,
    source: partlyKnownSource(source, masks),
    heldOut: heldOut && heldOutMasked(heldOut, { ...masks, seed: config.seed + 1 }),
  }
}

function heldOutMasked(
  { rows, conditions }: NonNullable<PreparedData['heldOut']>,
  masks: Masks,
): PreparedData['heldOut'] {
  const told = partlyKnownRows(rows, masks)
  return { rows: told.points, conditions: { ...conditions, ...told.conditions } }
}

function masksOf(encoding: Encoding, { model, seed }: RunConfig): Masks {
  const { parts, columns } = partsByColumn(encoding)
  const names = new Set(model.conditions ?? [])
  return {
    parts,
    columns: columns.map((column) => ({ parts: column.parts, mayBeGiven: names.has(column.name) })),
    seed,
  }
}
