import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const header = ['a', 'colour', 'b']
const cells = Array.from({ length: 80 }, (_, row) => [
  (Math.sin(row) * 3).toFixed(2),
  row % 3 ? 'red' : 'white',
  ((row * 7) % 13).toFixed(1),
])
const csv = (names: readonly string[], rows: readonly (readonly string[])[]): string =>
  [names, ...rows].map((row) => `${row.join(',')}\n`).join('')
const good = csv(header, cells)
const train = (name: string, ...more: string[]): string[] => [
  ...['train', at(name), '--steps', '2', ...tinyModel],
  ...more,
]

beforeAll(async () => {
  writeFileSync(at('good.csv'), good)
  await succeeded(...train('good.csv', '--out', at('run')))
})

describe('what looks bad and is not', () => {
  const scores = async (name: string): Promise<{ lines: string[]; err: string }> => {
    const { out, err } = await succeeded('score', at('run'), at(name), '--quiet')
    return { lines: out.trimEnd().split('\n'), err }
  }

  it('columns in another order, and more of them: scored as in the order of training', async () => {
    writeFileSync(
      at('reordered.csv'),
      csv(
        ['b', 'more', 'a', 'colour'],
        cells.map(([a, colour, b]) => [b!, 'x', a!, colour!]),
      ),
    )
    expect(await scores('reordered.csv')).toEqual(await scores('good.csv'))
  })

  it('a category never seen: its row has no score, the others have theirs, and it is said', async () => {
    writeFileSync(at('unseen.csv'), good.replace('white', 'blue'))
    const [seen, unseen] = [await scores('good.csv'), await scores('unseen.csv')]
    const differing = seen.lines.flatMap((line, row) => (line === unseen.lines[row] ? [] : [row]))
    expect(differing).toEqual([1])
    expect(unseen.lines[1]).toBe('1,,,,,')
    expect(unseen.err).toMatch(/1 row of 80 .* was not scored/)
  })

  it('UTF-16 with its mark, a path of blanks, quotes and emoji, one column, no header', async () => {
    writeFileSync(at("it's.csv"), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good, 'utf16le')]))
    writeFileSync(
      at('one column.csv'),
      csv(
        ['a'],
        cells.map(([a]) => [a!]),
      ),
    )
    writeFileSync(at('no header.csv'), cells.map(([a, , b]) => `${a},${b}\n`).join(''))
    for (const name of ["it's.csv", 'one column.csv', 'no header.csv'])
      await succeeded(...train(name), '--dry-run')
  })

  it('formulas are handed on as they are, and it is said', async () => {
    const formula = csv(
      header,
      cells.map(([a, , b], row) => [a!, row % 2 ? '=cmd()' : '+1-1', b!]),
    )
    writeFileSync(at('formulas.csv'), formula)
    const { err } = await succeeded(...train('formulas.csv', '--out', at('formulas')))
    expect(err).toMatch(/spreadsheet/)
    const { out } = await succeeded('sample', at('formulas'), '-n', '20')
    expect(
      new Set(
        out
          .trimEnd()
          .split('\n')
          .slice(1)
          .map((line) => line.split(',')[1]),
      ),
    ).toEqual(new Set(['=cmd()', '+1-1']))
  })
})
