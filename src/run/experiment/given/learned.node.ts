import { rowOfCells, type Table } from '../../../data/node.ts'
import { withCells } from '../../library/given-cells.ts'
import { drawnTable } from '../drawn-table.node.ts'
import type { OpenedModel } from '../open-model.node.ts'
import { knownConditions, takesKnown, toldModel } from '../sample-given.ts'
import { requirePossible, sampleWhere, type ToldModel } from '../sample-where.node.ts'
import type { AskedRows, GivenMethod } from './method.node.ts'

/** Columns that a run was trained to be given. */
function mayBeGiven({ run, fitted }: OpenedModel): readonly string[] {
  return takesKnown(fitted) ? (run.config.model.conditions ?? []) : []
}

/**
 * The model is told what is given, as it was trained to be: one walk a row, whatever the values, one value of a continuous column, too.
 * What else is asked is looked for among rows that are so drawn.  Ho & Salimans 2022; Tashiro et al. 2021.
 */
export const learned: GivenMethod = {
  name: 'learned',
  summary: 'the model is told the values, as it was trained to be (train --conditions): one walk a row',
  source: 'Ho & Salimans 2022; Tashiro et al. 2021',
  searches: false,
  cannot: (opened, { given }) => {
    const own = opened.data.given?.names
    if (own) {
      if (given.length === 0) return 'no condition is given'
      const missing = opened.data.given?.usual
        ? []
        : own.filter((name) => !given.some((cell) => cell.name === name))
      return missing.length === 0
        ? undefined
        : `the run needs all of its conditions; ${missing.join(', ')} is missing`
    }
    if (given.length === 0) return 'no column is given one value'
    const names = mayBeGiven(opened)
    const other = given.find(({ name }) => !names.includes(name))
    if (other === undefined) return undefined
    return names.length === 0
      ? 'the run was trained without conditions (train --conditions all)'
      : `the run was trained with ${names.join(', ')} given, and not with ${other.name}`
  },
  why: (_, { given, where }) =>
    `the run was trained with ${given.map(({ name }) => name).join(', ')} given${where === undefined ? '' : '; the rest of the condition is looked for among the rows'}`,
  draw: async (opened, asked, drawing) => {
    const { where, condition } = asked
    if (condition !== undefined) await requirePossible(opened, { ...drawing, condition })
    const told = opened.data.given ? toldByProgram(opened, asked) : toldColumns(opened, asked)
    if (where !== undefined)
      return sampleWhere(opened, { ...drawing, condition: where, told, onSlip: undefined })
    return drawnTable(opened, told, drawing)
  },
}

/** The model told of columns of its rows. */
function toldColumns(opened: OpenedModel, { given, columns }: AskedRows): ToldModel {
  const { encoding, fitted } = opened
  const row = rowOfCells(given, columns)
  const known = encoding.encode(row, { partly: { gapsAreValues: true } })
  const cells = new Map(row.columns.map(({ name, values }) => [name, values[0]!]))
  const dressed = (table: Table): Table => withCells(table, (_, name) => cells.get(name))
  const model = toldModel(fitted)
  return { open: (drawing) => model.sampler(drawing), conditions: knownConditions(fitted, known), dressed }
}

/** The model told of conditions that are no columns of its rows: those that a program gave, the label of a picture. */
function toldByProgram({ fitted, data }: OpenedModel, { given }: AskedRows): ToldModel {
  const texts = Object.fromEntries(given.map(({ name, text }) => [name, text]))
  const conditions = data.given!.encode(texts)
  const cells = new Map(given.map(({ name, text }) => [name, text]))
  const dressed = (table: Table): Table => ({
    ...table,
    columns: table.columns.map((column) => {
      const text = cells.get(column.name)
      if (text === undefined || column.kind !== 'text') return column
      return { ...column, values: new Array<string>(table.rowCount).fill(text) }
    }),
  })
  return { open: (drawing) => fitted.sampler(drawing), conditions, dressed }
}
