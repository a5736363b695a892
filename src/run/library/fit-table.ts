import { ScorefieldError } from '../../base/index.ts'
import { asKnown, knownColumns, type RowObject, tableOfObjects } from '../../data/index.ts'
import { prepareTable, prepareTableLike } from '../data/prepare-table.ts'
import { requireSameTable } from '../data/split-of-data.ts'
import type { TableDescription } from '../data/table-description.ts'
import { checkedOptions, type FitTableOptions } from './fit-options.ts'
import { learned } from './learn.ts'
import { TableModel } from './table-model.ts'

/**
 * Trains a model of rows with columns of any kind: numbers, words, truth values, dates, gaps.
 *
 * ```ts
 * const model = await fitTable([{ age: 31, city: 'Oslo', member: true }, …])
 * const rows = await model.sample({ count: 1000 })
 * ```
 * How each column is encoded is chosen from its values, as `scorefield train` chooses it. Names, e-mail addresses and the
 * like are never given out unless `columns` say so, nor are words that only one row has. A part of the rows is held out: some to
 * choose the weights by, some to judge by (`split`).
 * @throws ScorefieldError `config/invalid` (all problems of the options at once), `data/rows`, `data/no-rows`, `data/not-finite`,
 * `data/mixed-column`, `data/too-few-rows`, `data/nothing-to-model`, `data/changed`, `training/not-finite`; the signal's reason.
 */
export async function fitTable(
  rows: readonly RowObject[],
  options: FitTableOptions = {},
): Promise<TableModel> {
  const told = checkedOptions('fitTable', options)
  options.signal?.throwIfAborted()
  const { name = 'rows' } = told.given
  const { resume, from } = options
  const other = from ?? resume
  if (other && !(other instanceof TableModel))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'model/other-model',
      message: 'The model to start from is one of rows of numbers.',
      hint: 'Give it to fit.',
    })
  const { table, notes } = tableOfObjects(rows, { source: name })
  const seed = told.given.seed ?? resume?.config.seed ?? 0
  const wishes = { seed, ...told.given.data }
  const prepared = from
    ? prepareTableLike(asKnown(table, knownColumns((from as TableModel).encoding)), notes, {
        ...wishes,
        like: { asked: {}, description: from.description },
      })
    : prepareTable(table, notes, resume ? { ...wishes, ...resume.config.data } : wishes)
  const { encoding, description } = prepared
  if (resume) requireSameTable(resume.description as TableDescription, description)
  const parts = await learned({ prepared, kind: 'table', name, told, options })
  return new TableModel({ ...parts, description, encoding })
}
