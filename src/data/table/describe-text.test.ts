import { expect, test } from 'vitest'
import { describeText } from './describe-text.ts'
import { text } from './fixtures.test-helper.ts'

test('words, codes, signed numbers and truth values need no note', () => {
  const plain = [
    ['red', 'green', null],
    ['007', '012'],
    ['-1.5', '+2', '-', 'x', 'y', 'z', 'u', 'v'],
    ['a@b.org', 'c'],
    [null, null],
  ]
  const noted = plain.map((cells) => describeText(text('a', cells)).length)
  expect(noted).toEqual([0, 0, 0, 0, 0])
  expect(describeText(text('a', ['-true'], 'BOOLEAN'))).toEqual([])
})

test('one word in many cells among numbers is named: people say "nothing here" in many languages', () => {
  const cells = Array.from({ length: 100 }, (_, i) => (i % 3 === 1 ? 'brak' : String(i)))
  expect(describeText(text('a', cells))).toEqual([
    expect.stringMatching(/33 of 100 cells are no numbers \('brak' in row 2\).*csv\.gaps/),
  ])
  const two = cells.map((cell, i) => (i % 6 === 1 ? 'inny' : cell))
  expect(describeText(text('a', two))).toEqual([])
})

test('one word among numbers is named with its row, however long', () => {
  const cells = Array.from({ length: 100 }, (_, i) => (i === 41 ? 'w'.repeat(200) : String(i)))
  expect(describeText(text('a', cells))).toEqual([
    expect.stringContaining(`1 of 100 cells is no number ('${'w'.repeat(29)}…' in row 42)`),
  ])
})
