import { describe, expect, test } from 'vitest'
import { numbers, tableOf, text } from '../fixtures.test-helper.ts'
import type { Column } from '../table.ts'
import { personalColumns } from './index.ts'

const rows = 60
const each = (of: (i: number) => string): string[] => Array.from({ length: rows }, (_, i) => of(i))
const pick = (words: string, i: number): string => words.split(' ')[i % words.split(' ').length]!
const digits = (count: number, i: number): string =>
  String((i + 1) * 7_919_731_337)
    .padStart(count, '3')
    .slice(-count)

const given = (i: number): string => pick('Anna Piet Maria Jonas Quella Elena Paul Zora', i)
const family = (i: number): string => pick('Muster Beispiel Doe Sample Ejemplo', i + Math.floor(i / 8))

/** A valid check digit at the end (ISO/IEC 7812). */
function luhn(head: string): string {
  const sum = [...head].reverse().reduce((total, digit, k) => {
    const value = Number(digit) * (k % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return head + String((10 - (sum % 10)) % 10)
}

/** Valid check digits (ISO 13616). */
function iban(account: string): string {
  let rest = 0
  for (const c of `${account}131400`) rest = (rest * 10 + Number(c)) % 97
  return `DE${String(98 - rest).padStart(2, '0')}${account}`
}

/** Personal columns: what they hold, and the kind that must be found. */
const personal: readonly (readonly [Column, string])[] = [
  [
    text(
      'contact',
      each((i) => `user${i}@firm${i % 3}.test`),
    ),
    'email',
  ],
  [
    text(
      'mobile',
      each((i) => `0${digits(9, i)}`),
    ),
    'phone',
  ],
  [
    text(
      'Telefon',
      each((i) => `07${i % 10} ${digits(3, i)} ${digits(2, i)} ${digits(2, i + 3)}`),
    ),
    'phone',
  ],
  [
    text(
      'c1',
      each((i) => `+41 ${digits(9, i)}`),
    ),
    'phone',
  ],
  [
    text(
      'c2',
      each((i) => `(555) ${digits(3, i)}-${digits(4, i)}`),
    ),
    'phone',
  ],
  [numbers('phone_number', each((i) => digits(9, i)).map(Number), 'BIGINT'), 'phone'],
  [
    text(
      'c3',
      each((i) => iban(digits(18, i))),
    ),
    'iban',
  ],
  [
    text(
      'IBAN',
      each((i) => `CH00 ${digits(4, i)} ${digits(4, i + 1)} ${digits(4, i + 2)} ${digits(1, i)}`),
    ),
    'iban',
  ],
  [
    text(
      'c4',
      each((i) => luhn(`4${digits(14, i)}`)),
    ),
    'card',
  ],
  [
    text(
      'Kontonummer',
      each((i) => `${digits(8, i)}`),
    ),
    'account',
  ],
  [
    text(
      'c5',
      each((i) => `${digits(3, i)}-${digits(2, i)}-${digits(4, i)}`),
    ),
    'national-id',
  ],
  [
    text(
      'AHV-Nr',
      each((i) => `756.${digits(4, i)}.${digits(4, i + 5)}.${digits(2, i)}`),
    ),
    'national-id',
  ],
  [numbers('SSN', each((i) => digits(9, i)).map(Number), 'BIGINT'), 'national-id'],
  [
    text(
      'c6',
      each((i) => `10.0.${i % 7}.${i}`),
    ),
    'ip-address',
  ],
  [
    text(
      'c7',
      each((i) => `0a:1b:2c:3d:4e:${(16 + i).toString(16)}`),
    ),
    'ip-address',
  ],
  [
    text(
      'c8',
      each((i) => `${1 + i} Main Street`),
    ),
    'address',
  ],
  [
    text(
      'c9',
      each((i) => `Lindenstraße ${1 + i}`),
    ),
    'address',
  ],
  [
    text(
      'Adresse',
      each((i) => `Postfach ${i}, Bern`),
    ),
    'address',
  ],
  [text('Vorname', each(given)), 'first-name'],
  [text('last_name', each(family)), 'last-name'],
  [
    text(
      'c10',
      each((i) => `${given(i)} ${family(i)}`),
    ),
    'name',
  ],
  [
    text(
      'customerName',
      each((i) => `${family(i)}, ${given(i)}`),
    ),
    'name',
  ],
  [
    text(
      'login',
      each((i) => `${given(i).toLowerCase()}${i}`),
    ),
    'user-name',
  ],
]

/** Columns that are not personal, though something about them looks so. */
const others: readonly Column[] = [
  text(
    'name',
    each((i) => pick('Adelie Chinstrap Gentoo', i)),
  ),
  text(
    'product name',
    each((i) => `${pick('Red Green Blue', i)} ${pick('Apple Pear Plum', i)}`),
  ),
  text(
    'city',
    each((i) => pick('San_Jose New_York Los_Angeles Santa_Fe', i).replace('_', ' ')),
  ),
  text(
    'car',
    each((i) => `${pick('Toyota Ford Opel', i)} ${pick('Corolla Fiesta Astra', i)}`),
  ),
  text(
    'version',
    each((i) => `1.${i % 5}.${i % 3}`),
  ),
  text(
    'article',
    each((i) => `AB-${1000 + i}`),
  ),
  text(
    'date',
    each((i) => `2020-13-${10 + (i % 20)}`),
  ),
  text(
    'amount',
    each((i) => `${i},50 €`),
  ),
  numbers(
    'account_balance',
    each((i) => digits(7, i)).map((d) => Number(d) / 100),
  ),
  numbers('population', each((i) => digits(8, i)).map(Number)),
  text(
    'phone',
    each((i) => pick('yes no', i)),
  ),
  text(
    'mail',
    each((i) => pick('weekly never', i)),
  ),
  text(
    'street',
    each(() => 'true'),
    'BOOLEAN',
  ),
]

describe('personal data', () => {
  test.each(personal)('a column like $name holds some', (column, kind) => {
    expect(personalColumns(tableOf(column)).get(column.name)?.kind.name).toBe(kind)
  })

  test.each(others)('a column like $name holds none', (column) => {
    expect([...personalColumns(tableOf(column)).keys()]).toEqual([])
  })

  test('names that are rare are known where the column says so and others are personal', () => {
    const names = text(
      'name',
      each((i) => `${pick('Xanthor Yilvi Zorbek', i)} ${family(i)}`),
    )
    expect(personalColumns(tableOf(names)).size).toBe(0)
    expect(personalColumns(tableOf(names, personal[0]![0])).get('name')?.kind.name).toBe('name')
  })
})
