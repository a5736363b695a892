import { expect, test } from 'vitest'
import { tableOfObjects } from '../../../data/node.ts'
import { unseen } from './seen-together.node.ts'

const { table } = tableOfObjects([
  { island: 'Dream', species: 'Chinstrap', mass: 3000 },
  { island: 'Biscoe', species: 'Gentoo', mass: 5000 },
  { island: 'Biscoe', species: 'Adelie', mass: null },
  { island: 'Dream', species: 'Adelie', mass: 4000 },
])
const cell = (name: string, text: string) => ({ name, text })

test('values that a row has together are no news, numbers nearly', () => {
  expect(unseen(table, [cell('island', 'Biscoe'), cell('species', 'Gentoo')])).toBeUndefined()
  expect(unseen(table, [cell('island', 'Biscoe'), cell('mass', '4900')])).toBeUndefined()
  expect(unseen(table, [cell('species', 'Adelie'), cell('mass', '')])).toBeUndefined()
})

test('values that no row has together are told with the nearest that one has', () => {
  const words = unseen(table, [cell('island', 'Biscoe'), cell('species', 'Chinstrap')])
  expect(words).toMatch(/No row of the data has island = Biscoe, species = Chinstrap together/)
  expect(words).toMatch(/nearest has (island = Dream, species = Chinstrap|island = Biscoe, species = Gentoo)/)
  const number = unseen(table, [cell('species', 'Chinstrap'), cell('mass', '4200')])
  expect(number).toMatch(/nearest has species = Adelie, mass = 4000/)
  const gap = unseen(table, [cell('species', 'Gentoo'), cell('mass', '')])
  expect(gap).toMatch(/mass = a gap together/)
})

test('days are as near as their numbers, and are told as they are written', () => {
  const days = ['2024-01-10', '2024-01-12', '2024-06-01', '2024-09-15', '2024-09-20']
  const { table: dated } = tableOfObjects(
    days.map((day, i) => ({ day: new Date(`${day}T00:00:00Z`), shop: i < 3 ? 'north' : 'south' })),
  )
  expect(unseen(dated, [cell('day', '2024-01-11'), cell('shop', 'north')])).toBeUndefined()
  expect(unseen(dated, [cell('day', '2024-01-11'), cell('shop', 'south')])).toMatch(
    /has day = 2024-01-11, shop = south together.*nearest has day = 2024-01-1\d[^,]*, shop = north/,
  )
})
