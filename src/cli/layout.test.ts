import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evidences } from '../evaluation/facts/evidence.test-helper.ts'
import type { RunEvaluation } from '../run/node.ts'
import { describeEvaluation } from './evaluate.text.ts'
import { columnsText, displayWidth, padded, proseWidthOf, widthOf, wrapped } from './layout.ts'

const words = fc.array(fc.string({ unit: fc.constantFrom(...'abc,.名前é'), minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 30,
})
const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')
const linesOf = (text: string): string[] => text.split('\n')

/** No line is wider, but for one of a single word. */
function expectFits(lines: readonly string[], width: number): void {
  for (const line of lines)
    if (displayWidth(line) > width) expect(wordsOf(line).length, `wider than ${width}: ${line}`).toBe(1)
}

describe('how wide a text is on a terminal', () => {
  it('is counted in places, not in characters', () => {
    expect(['', 'abc', '名前', 'e\u0301', '🍷', 'Größe', '−1,234'].map(displayWidth)).toEqual([
      0, 3, 4, 1, 2, 5, 6,
    ])
    expect(padded('名前', 6)).toBe('名前  ')
  })

  it('is known of a terminal only, and has a least', () => {
    expect(widthOf({})).toBe(Number.POSITIVE_INFINITY)
    expect(widthOf({ isTTY: true, columns: 60 })).toBe(60)
    expect(widthOf({ isTTY: true, columns: 3 })).toBe(20)
    expect(proseWidthOf({ isTTY: true, columns: 250 })).toBe(100)
    expect(proseWidthOf({ columns: 60 })).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('wrapped text', () => {
  it('has no line that is too wide, keeps every word whole and in its order, and hangs in', () =>
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 20, max: 80 }),
        fc.integer({ min: 0, max: 4 }),
        (given, width, indent) => {
          const text = ' '.repeat(indent) + given.join(' ')
          const lines = linesOf(wrapped(text, width))
          expectFits(lines, width)
          expect(wordsOf(lines.join(' '))).toEqual(given)
          expect(/^ */.exec(lines[0]!)![0].length).toBe(indent)
          for (const line of lines.slice(1)) expect(/^ */.exec(line)![0].length).toBe(indent + 2)
          // No line ends before it has to.
          lines.slice(1).forEach((line, i) => {
            expect(displayWidth(`${lines[i]} ${wordsOf(line)[0]}`)).toBeGreaterThan(width)
          })
        },
      ),
    ))

  it('leaves a percent sign with its number', () => {
    const lines = linesOf(wrapped('of all the rows here as many as 100.00 % and 5 % more', 37))
    expect(lines).toEqual(['of all the rows here as many as', '  100.00 % and 5 % more'])
  })

  it('is as it was where there is no terminal, or room', () => {
    expect(wrapped('a  b   c', Number.POSITIVE_INFINITY)).toBe('a  b   c')
    expect(wrapped('  a  b', 20)).toBe('  a  b')
  })
})

describe('columns', () => {
  const table = fc.array(fc.tuple(words, words, words), { minLength: 1, maxLength: 6 })

  it('stand under one another, or each row is a block; no line is too wide and no word is lost', () =>
    fc.assert(
      fc.property(table, fc.integer({ min: 30, max: 160 }), (given, width) => {
        const rows = given.map((row) =>
          row.map((cell, k) => (k === 0 ? '  ' : '') + cell.slice(0, 3).join(' ')),
        )
        const lines = columnsText(rows, { width })
        expectFits(lines, width)
        expect(wordsOf(lines.join(' '))).toEqual(rows.flatMap((row) => row.flatMap(wordsOf)))
        if (lines.length === rows.length) {
          // The places at which the second cells begin are the same.
          const starts = rows.map((row, i) =>
            displayWidth(lines[i]!.slice(0, lines[i]!.indexOf(row[1]!, row[0]!.length))),
          )
          expect(new Set(starts).size).toBe(1)
        }
      }),
    ))

  it('say what a figure is where each row is a block', () => {
    const rows = [['  classifier', '0.546 (0.481 to 0.610)', '0.485 (0.395 to 0.577)']]
    expect(columnsText(rows, { width: 40, labels: ['', '', 'real rows'] })).toEqual([
      '  classifier',
      '      0.546 (0.481 to 0.610)',
      '      real rows: 0.485 (0.395 to 0.577)',
    ])
  })
})

describe('an evaluation', () => {
  it('fits terminals of 40 and 60 columns, word for word what it says elsewhere, and does not stretch', () =>
    fc.assert(
      fc.property(evidences, (evidence) => {
        const evaluation = { run: 'r', weights: { kind: 'best', step: 1 }, ...evidence } as RunEvaluation
        const wide = describeEvaluation(evaluation)
        for (const width of [40, 60, 80]) {
          const text = describeEvaluation(evaluation, width)
          expectFits(linesOf(text), width)
          // Labels come in where columns become blocks; nothing is lost.
          const said = new Set(wordsOf(text))
          expect(wordsOf(wide).filter((word) => !said.has(word))).toEqual([])
        }
        const sentences = linesOf(describeEvaluation(evaluation, 250)).filter(
          (line) => !/^ |\S {2,}\S/.test(line),
        )
        expectFits(sentences, 100)
      }),
      { numRuns: 30 },
    ))
})
