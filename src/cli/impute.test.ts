import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { cells, scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const run = at('run')
const header = 'id,day,level,share,twice,word'

/** Rows of words with gaps, of days as people write them, and of a column that is twice another. */
const row = (i: number, z: Float32Array): string => {
  const level = (3 + z[2 * i]!).toFixed(2)
  const word = z[2 * i]! > 0 ? 'high' : i % 9 === 0 ? '' : 'low'
  return `r${i},${10 + (i % 19)}/0${1 + (i % 9)}/2024,${level},${z[2 * i + 1]!.toFixed(3)},${(2 * Number(level)).toFixed(2)},${word}`
}

beforeAll(async () => {
  const z = new RandomStream({ seed: 3, name: 'rows' }).normal({ first: 0, count: 300, width: 2 })
  writeFileSync(at('rows.csv'), `${header}\n${Array.from({ length: 300 }, (_, i) => row(i, z)).join('\n')}\n`)
  await succeeded('train', at('rows.csv'), '--steps', '200', '--out', run, ...tinyModel)
}, 60_000)

const gappy = [
  'a;b,11/02/2024,3.1,0.5,,high',
  'x,,,-0.250,7.00,',
  'y,12/02/2024,2.90,,,odd',
  ',,,,,',
  'z,13/03/2024,3e0,+0.1,6.00,low',
]
const cheap = ['--method', 'replacement', '--steps', '4']

const filled = async (...options: string[]) => {
  writeFileSync(at('gaps.csv'), `note,${header}\n${gappy.map((line, i) => `n${i},${line}`).join('\n')}\n`)
  const done = await succeeded('impute', run, at('gaps.csv'), '-o', at('full.csv'), ...cheap, ...options)
  return { done, lines: cells(readFileSync(at('full.csv'), 'utf8')) }
}

describe('impute', () => {
  it('fills every gap and leaves every other cell as it is, to the character', async () => {
    const { done, lines } = await filled('--draws', '3')
    expect(lines[0]).toEqual(['note', ...header.split(',')])
    gappy.forEach((line, i) => {
      const [note, ...found] = lines[i + 1]!
      expect(note).toBe(`n${i}`)
      line.split(',').forEach((cell, k) => {
        if (cell !== '') expect(found[k]).toBe(cell)
        // The last row's and the others' identifiers are no gaps to be filled.
        else if (k > 0) expect(found[k]).not.toBe('')
      })
    })
    // twice is computed: forwards, and backwards.
    expect(lines[1]![5]).toBe('6.20')
    expect(lines[2]![3]).toBe('3.5')
    expect(lines[2]![2]).toMatch(/^\d\d\/\d\d\/2024$/)
    expect(['high', 'low']).toContain(lines[2]![6])
    expect(done.err).toMatch(/'word' holds words that the model does not know \('odd'; 1 row\)/)
    expect(done.err).toMatch(/Gaps of 'id' stay/)
    expect(done.err).toMatch(/Row 4 has nothing but gaps/)
  })

  it('gives intervals, or all draws', async () => {
    const { lines } = await filled('--draws', '19', '--interval', '0.9')
    const place = lines[0]!.indexOf('share')
    expect(lines[0]!.slice(place, place + 3)).toEqual(['share', 'share_low', 'share_high'])
    const [value, low, high] = lines[3]!.slice(place, place + 3).map(Number)
    expect(low).toBeLessThan(value!)
    expect(high).toBeGreaterThan(value!)
    expect(lines[1]!.slice(place + 1, place + 3)).toEqual(['', ''])
    const all = await filled('--draws', '2', '--multiple', '--json')
    expect(all.lines.length).toBe(1 + 2 * gappy.length)
    expect(all.lines.map(([draw]) => draw)).toEqual(['draw', ...'11111', ...'22222'])
    expect(all.done.events().at(-1)).toMatchObject({ type: 'done', rows: 10, completedRows: 3, draws: 2 })
  })

  it('says what cannot be', async () => {
    const file = at('rows.csv')
    for (const [options, message] of [
      [['--draws', '0'], /--draws must be a whole number of at least 1/],
      [['--draws', '5', '--interval', '0.9'], /needs 19 draws or more/],
      [['--interval', '90'], /between 0 and 1/],
      [['--interval', '0.9', '--multiple'], /Ask for one of them/],
      [['--method', 'repant'], /repaint/],
    ] as const) {
      const { code, err } = await scorefield('impute', run, file, ...options)
      expect(code).toBe(2)
      expect(err).toMatch(message)
    }
  })
})
