import { expect, test } from 'vitest'
import { tableOfObjects } from '../../../data/node.ts'
import { unseen } from './seen-together.node.ts'

const { table } = tableOfObjects([
  { island: 'Dream', species: 'Chinstrap', mass: 3000 },
  { island: 'Biscoe', species: 'Gentoo', mass: 5000 },
  { island: 'Biscoe', species: 'Adelie', mass: null },
  { island: 'Dream', species: 'Adelie', mass: 4000 },
])
const rows = [0, 1, 2, 3]
const cell = (name: string, text: string) => ({ name, text })

test('values that a row has together are no news, numbers nearly', () => {
  expect(unseen(table, rows, [cell('island', 'Biscoe'), cell('species', 'Gentoo')])).toBeUndefined()
  expect(unseen(table, rows, [cell('island', 'Biscoe'), cell('mass', '4900')])).toBeUndefined()
  expect(unseen(table, rows, [cell('species', 'Adelie'), cell('mass', '')])).toBeUndefined()
})

test('values that no row has together are told with the nearest that one has', () => {
  const words = unseen(table, rows, [cell('island', 'Biscoe'), cell('species', 'Chinstrap')])
  expect(words).toMatch(/No training row has island = Biscoe, species = Chinstrap together/)
  expect(words).toMatch(/nearest has (island = Dream, species = Chinstrap|island = Biscoe, species = Gentoo)/)
  const number = unseen(table, rows, [cell('species', 'Chinstrap'), cell('mass', '4200')])
  expect(number).toMatch(/nearest has species = Adelie, mass = 4000/)
  const gap = unseen(table, rows, [cell('species', 'Gentoo'), cell('mass', '')])
  expect(gap).toMatch(/mass = a gap together/)
  // Rows that were not trained on do not count.
  expect(unseen(table, [0, 2, 3], [cell('island', 'Biscoe'), cell('species', 'Gentoo')])).toBeDefined()
})
