import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import writeExcel, { type SheetData } from 'write-excel-file/node'
import { cells, scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
const at = (name: string): string => join(folder, name)
const two = (n: number): string => String(n).padStart(2, '0')
const train = (data: string, run: string, ...more: string[]): Promise<unknown> =>
  succeeded('train', data, '--out', run, '--steps', '12', ...tinyModel, ...more)
const lines = 120
/** Scores of rows by log-density, as text. */
const scores = async (...args: string[]): Promise<(string | undefined)[]> =>
  cells((await succeeded('score', ...args, '--threads', '1')).out)
    .slice(1)
    .map((row) => row[1])

describe('a run on dates, German numbers and words, told how to read them', () => {
  const [data, run] = [at('whole.txt'), at('run')]
  // Latin-1, a bar between cells, gaps that only people know.
  const header = 'tag|preis|größe'
  const row = (i: number): string =>
    `${two(1 + (i % (i < 4 ? 9 : 28)))}.${two(1 + ((2 * i) % 12))}.2021|${i < 4 ? `${i + 1}.${300 + i}` : i % 9 === 0 ? 'k. A.' : `${1 + (i % 7)}.${400 + i},50`}|${['groß', 'klein'][i % 2]!}`
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
  const all = Array.from({ length: lines }, (_, i) => row(i))
  const told = ['delimiter=|', 'encoding=latin-1', 'gaps=["k. A."]'].flatMap((line) => [
    '--set',
    `data.csv.${line}`,
  ])
  let whole: (string | undefined)[]

  beforeAll(async () => {
    writeFileSync(data, latin(`${header}\n${all.join('\n')}\n`))
    await train(data, run, ...told)
    whole = await scores(run, data)
  })

  it('scores each row alone as among all', async () => {
    expect(whole).toHaveLength(lines)
    expect(new Set(whole.slice(0, 4)).size).toBe(4)
    for (const i of [0, 3, 9, 17]) {
      const few = at(`row-${i}.csv`)
      writeFileSync(few, latin(`${header}\n${row(i)}\n`))
      expect(await scores(run, few), row(i)).toEqual([whole[i]])
    }
  })

  it('reads a file that is written otherwise, too: UTF-8, semicolons', async () => {
    const other = at('other.csv')
    writeFileSync(
      other,
      `${header.replaceAll('|', ';')}\n${[1, 2, 5].map((i) => row(i).replaceAll('|', ';')).join('\n')}\n`,
    )
    expect(await scores(run, other)).toEqual([1, 2, 5].map((i) => whole[i]))
  })

  it('takes what --set says before what the run was told', async () => {
    const other = at('tilde.csv')
    writeFileSync(
      other,
      `${header.replaceAll('|', '~')}\n${row(9).replaceAll('|', '~').replace('k. A.', 'nix')}\n`,
    )
    expect(
      await scores(run, other, '--set', 'data.csv.delimiter=~', '--set', 'data.csv.gaps=["nix"]'),
    ).toEqual([whole[9]])
  })

  it('judges by such a file', async () => {
    const few = at('judged.csv')
    writeFileSync(few, latin(`${header}\n${[1, 2, 3, 5, 7].map(row).join('\n')}\n`))
    const done = await succeeded('evaluate', run, '--against', few, '--json', '--threads', '1')
    expect(done.events().at(-1)).toMatchObject({ likelihood: { model: { rows: 5 } } })
  })

  it.each([
    [
      ['score', run, data, '--set', 'training.steps=3'],
      /training\.steps=3 is no setting of how a file is read/,
    ],
    [['score', run, data, '--set', 'data.csv.header=maybe'], /data\.csv\.header/],
    [['score', run, data, '--set', 'data.csv.bracket=3'], /data\.csv\.bracket is no setting/],
    [['evaluate', run, '--set', 'data.sheet=May'], /none is named/],
  ] as const)('refuses %j', async (args, message) => {
    const { code, err } = await scorefield(...args)
    expect([code, message.test(err)]).toEqual([2, true])
  })
})

describe('a run on a sheet of a workbook', () => {
  const [book, run] = [at('book.xlsx'), at('sheet')]
  const sheetRow = (i: number): (number | string)[] => [i % 11, (i * i) % 7, ['a', 'b'][i % 2]!]
  const sheet = (rows: readonly (readonly (number | string)[])[]): SheetData =>
    [['x', 'y', 'word'], ...rows].map((row) => row.map((value) => ({ value }))) as SheetData

  beforeAll(async () => {
    const months = [
      { sheet: 'Notes', data: sheet([['nothing', 'to', 'see']]) },
      { sheet: 'April', data: sheet(Array.from({ length: 90 }, (_, i) => sheetRow(i))) },
      { sheet: 'May', data: sheet([sheetRow(4), sheetRow(5)]) },
    ]
    await writeExcel(months).toFile(book)
    await train(book, run, '--set', 'data.sheet=April')
  })

  it('scores its own sheet, unless told, and any other by --set', async () => {
    const april = await scores(run, book)
    expect(april).toHaveLength(90)
    expect(await scores(run, book, '--set', 'data.sheet=May')).toEqual([april[4], april[5]])
  })

  it('judges by a sheet', async () => {
    const args = ['evaluate', run, '--against', book, '--set', 'data.sheet=May', '--json', '--threads', '1']
    expect((await succeeded(...args)).events().at(-1)).toMatchObject({ likelihood: { model: { rows: 2 } } })
  })

  it('reads another workbook that has no such sheet', async () => {
    const other = at('other.xlsx')
    await writeExcel([{ sheet: 'June', data: sheet([sheetRow(4)]) }]).toFile(other)
    expect(await scores(run, other)).toEqual([(await scores(run, book))[4]])
  })

  it('says which sheets there are', async () => {
    const { code, err } = await scorefield('score', run, book, '--set', 'data.sheet=Mai')
    expect([code, /data\/no-such-sheet/.test(err), /April/.test(err)]).toEqual([3, true, true])
  })
})
