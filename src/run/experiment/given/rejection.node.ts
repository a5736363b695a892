import { sampleWhere } from '../sample-where.node.ts'
import type { GivenMethod } from './method.node.ts'

/** Rows are drawn, and those kept that fulfil the condition: exact, of any condition, and dear where it is rare.  von Neumann 1951. */
export const rejection: GivenMethod = {
  name: 'rejection',
  summary: 'rows are drawn, and those that fulfil the condition are kept: exact; slow where they are rare',
  source: 'von Neumann 1951',
  searches: true,
  cannot: ({ encoding, data }, { given, condition, columns, guidance }) => {
    if (guidance) return 'guidance needs a run that was trained with conditions (train --conditions)'
    if (data.given || condition === undefined)
      return 'the run takes conditions that are no columns of its rows'
    const continuous = given.find(({ name, text }) => {
      const column = encoding.columns.find((candidate) => candidate.name === name)
      const isNumber = columns.columns.find((candidate) => candidate.name === name)?.kind === 'number'
      return (
        isNumber &&
        text !== '' &&
        column &&
        column.width > 0 &&
        !column.discrete &&
        !column.masses?.includes(Number(text))
      )
    })
    return (
      continuous &&
      `'${continuous.name}' is continuous: no row that is drawn has exactly one value of it; give a range (--where "${continuous.name} between 1.9 and 2.1"), or train with --conditions ${continuous.name}`
    )
  },
  why: (_, { where, given }) =>
    given.length === 0 && where !== undefined
      ? 'a condition that is more than one value of a column is looked for among rows that are drawn'
      : 'the run was not trained with these columns given, so they are looked for among rows that are drawn',
  draw: (opened, { condition }, { first: _, ...drawing }) =>
    sampleWhere(opened, { ...drawing, condition: condition! }),
}
