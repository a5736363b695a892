import { describe, expect, it } from 'vitest'
import { families } from '../../family/index.ts'
import { orderOfColumns } from './column-order.ts'

const family = (name: string) => families.find((it) => it.name === name)!
const ranges: Readonly<Record<string, { offset: number; width: number }>> = {
  age: { offset: 0, width: 1 },
  city: { offset: 1, width: 3 },
  income: { offset: 4, width: 2 },
}
const encoding = {
  columns: ['age', 'city', 'total', 'income'].map((name) => ({
    name,
    width: ranges[name]?.width ?? 0,
    encoder: '',
    reason: '',
    discrete: false,
  })),
  columnRange: (name: string) => ranges[name],
}

describe('the order of columns', () => {
  it('puts the coordinates of each column where its name stands', () => {
    const order = orderOfColumns(['income', 'age', 'city'], encoding, family('autoregressive'))
    expect(order).toEqual([4, 5, 0, 1, 2, 3])
  })

  it('takes or leaves the name of a column that the model does not see', () => {
    const named = orderOfColumns(['total', 'age', 'city', 'income'], encoding, family('masked-flow'))
    expect(named).toEqual([0, 1, 2, 3, 4, 5])
  })

  it.each([
    [['age', 'income'], 'it does not name "city"'],
    [['age', 'city', 'income', 'age'], 'it names "age" twice'],
    [['age', 'citi', 'income'], 'there is no column "citi"'],
  ])('refuses %j, and says what is wrong', (names, message) => {
    expect(() => orderOfColumns(names, encoding, family('autoregressive'))).toThrow(
      expect.objectContaining({
        kind: 'usage',
        code: 'family/column-order',
        message: expect.stringContaining(message),
        hint: 'Name each of these once: age, city, income.',
      }),
    )
  })

  it('is refused by a family that models all columns at once', () => {
    expect(() => orderOfColumns(['age', 'city', 'income'], encoding, family('nice'))).toThrow(
      expect.objectContaining({ kind: 'ability', code: 'family/cannot' }),
    )
  })
})
