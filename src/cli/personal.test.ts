import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTable } from '../data/node.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string): string => join(folder, name)

const pick = (words: string, i: number): string => words.split(' ')[i % words.split(' ').length]!
const digits = (count: number, i: number): string => String((i + 3) * 7_919_731_337).slice(-count)

/** Invented people: a name, an e-mail, a telephone number, an account, an address, a device and a remark each; some twice. */
const people = Array.from({ length: 170 }, (_, i) => {
  const given = pick('Quin Jun Ola Pia Tia Mo Ben Dora Nia Ada Cem Gus Eli Hana', i)
  const family = pick(
    'Egli Ott Dahl Moll Page Kern Senn Thal Iben Hoff Graf Funk Ruf',
    3 * i + Math.floor(i / 14),
  )
  return [
    `${given} ${family}${i % 3 ? '' : ` ${pick('Lund Berg Vik', i)}`}`,
    `${given}.${family}${i}@mail.example`.toLowerCase(),
    `+00 ${digits(8, i)}`,
    `CH00 ${digits(4, i)} ${digits(4, i + 7)} ${digits(4, i + 9)}`,
    `${family}strasse ${10 + i}`,
    `10.${i}.${(i * 7) % 256}.9`,
    `TX-${digits(5, i)}`,
  ]
})
const header = ['name', 'email', 'phone', 'iban', 'address', 'device', 'ticket', 'amount', 'town']
const lines = Array.from({ length: 260 }, (_, i) => {
  const person = people[i < 170 ? i : (i * 31) % 170]!
  const town = i === 40 ? 'Einzigdorf' : pick('Bern Olten Chur', i * i)
  return [...person, 5 + ((i * 37) % 90), town].join(',')
})
writeFileSync(at('people.csv'), `${header.join(',')}\n${lines.join('\n')}\n`)
/** All that must not come out: what is personal, and the words that one row has. */
const once = people
  .map((person) => person[6]!)
  .filter((ticket) => lines.join('\n').split(ticket).length === 2)
const real = [...new Set([...people.flatMap((person) => person.slice(0, 6)), ...once, 'Einzigdorf'])]

/** Every file of a folder, with its content as text of bytes. */
function filesIn(path: string): { file: string; content: string }[] {
  return readdirSync(path).flatMap((name) => {
    const file = join(path, name)
    return statSync(file).isDirectory() ? filesIn(file) : [{ file, content: readFileSync(file, 'utf8') }]
  })
}

const leaks = (content: string, values = real): string[] => values.filter((value) => content.includes(value))

describe('personal data', () => {
  it('are told, never come out, and are in no file of the run nor of its exports', async () => {
    const inspected = await succeeded('inspect', at('people.csv'))
    for (const what of [
      'e-mail addresses',
      'telephone numbers',
      'names of people',
      'bank accounts',
      'street addresses',
    ])
      expect(inspected.out).toContain(what)
    const run = at('run')
    const trained = await succeeded('train', at('people.csv'), '--steps', '20', '--out', run, ...tinyModel)
    expect(trained.err).toMatch(/'email' holds e-mail addresses \(100 % of its cells are written so/)
    expect(trained.err).toContain("'town': 1 row has a word that fewer than 2 rows have")
    await succeeded('sample', run, '-n', '400', '-o', at('new.csv'))
    await succeeded('evaluate', run)
    for (const name of ['model.onnx', 'model.safetensors', 'card.md'])
      await succeeded('export', run, '-o', join(run, name))
    const guided = await scorefield('export', run, '-o', join(run, 'guided.onnx'), '--guidance')
    expect(guided.err).toContain('it did not learn to draw with and without labels')
    const files = filesIn(run)
    for (const name of [
      'data.json',
      'run.json',
      'metrics.jsonl',
      'evaluation.json',
      'report.html',
      'MODEL_CARD.md',
    ])
      expect(
        files.some(({ file }) => file.endsWith(name)),
        name,
      ).toBe(true)
    for (const { file, content } of [
      ...files,
      { file: 'new.csv', content: readFileSync(at('new.csv'), 'utf8') },
    ])
      expect(leaks(content), file).toEqual([])
  }, 240_000)

  it('are replaced by invented people of the same pattern, the same one in all columns of a row', async () => {
    const { table } = await readTable({ source: at('new.csv') })
    expect(table.columns.map(({ name }) => name)).toEqual(header)
    const [names, emails, phones, ibans, streets, devices] = table.columns.map(
      ({ values }) => values as string[],
    )
    names!.forEach((name, row) => {
      const [given, family] = name.split(' ') as [string, string]
      expect(emails![row]!.startsWith(`${given}.${family}`.toLowerCase())).toBe(true)
      expect(emails![row]).toMatch(/@(example\.(com|org|net)|\w+\.invalid)$/)
      expect(phones![row]).toMatch(/^\+00 \d{8}$/)
      expect(ibans![row]).toMatch(/^CH00 \d{4} \d{4} \d{4}$/)
      expect(streets![row]).toContain(family)
      expect(devices![row]).toMatch(/^250\./)
    })
    expect(new Set(emails).size).toBeGreaterThan(390)
  })

  it('come out where that is asked for, column by column', async () => {
    await succeeded('inspect', at('people.csv'), '--write', at('data.json'))
    const settings = JSON.parse(readFileSync(at('data.json'), 'utf8'))
    expect(settings.data.columns.phone.personal).toBe('phone')
    for (const name of ['name', 'town']) settings.data.columns[name].personal = 'keep'
    settings.data.leastRowsPerWord = 1
    writeFileSync(at('data.json'), JSON.stringify(settings))
    const asked = ['--steps', '5', '--out', at('kept'), '--no-pictures']
    await succeeded('train', at('data.json'), ...asked, ...tinyModel)
    const kept = readFileSync(join(at('kept'), 'data.json'), 'utf8')
    expect(
      leaks(
        kept,
        people.map(([name]) => name!),
      ).length,
    ).toBeGreaterThan(150)
    expect(
      leaks(
        kept,
        people.map(([, email]) => email!),
      ),
    ).toEqual([])
  }, 60_000)
})
