import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scorefield, tinyModel, tinyTraining } from '../src/cli/command-line.test-helper.ts'
import { root } from './browser/bundle.ts'
import { documents } from './documents.ts'

const pages = documents.filter(
  ({ path, blocks }) => path.startsWith('docs/') && blocks.some(({ text }) => /^npx scorefield /m.test(text)),
)
const home = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'scorefield pages '))
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

/** The words of a command line, as a shell takes them apart. */
function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(([, double, single, bare]) =>
    double === undefined ? (single ?? bare!) : double.replaceAll('\\"', '"'),
  )
}

/** The network of rows, in the place of those of pictures: quick, whatever is learned. */
const rowNetwork = ['--set', 'model.network=residual-mlp']

/** The first rows of the table that the project carries, with commas. */
const table = readFileSync(join(root, 'data/wine-quality/winequality-white.csv'), 'utf8')
  .split('\n')
  .slice(0, 601)

describe.each(pages)('$path', ({ path, blocks }) => {
  it('has commands that work, in their order', async () => {
    const place = join(folder, path.replaceAll('/', '-'))
    mkdirSync(place)
    writeFileSync(join(place, 'wine.csv'), `${table.join('\n')}\n`)
    copyFileSync(join(root, 'data/digits/digits.csv.gz'), join(place, 'digits.csv.gz'))
    process.chdir(place)
    const lines = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n'))
      .filter((line) => line.startsWith('npx scorefield '))
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      const given = words(line.slice('npx scorefield '.length))
      // A tiny network for a few steps: what is tested is the page, not the model.
      const isTraining = given[0] === 'train' && !given.includes('--resume')
      // Sizes have other names in other families.
      const tiny = given.includes('--family') ? tinyTraining : [...rowNetwork, ...tinyModel]
      const { code, err } = await scorefield(...given, ...(isTraining ? ['--steps', '20', ...tiny] : []))
      expect(code, `${path}: ${line}\n${err}`).toBe(0)
    }
  }, 120_000)

  it('has JSON that parses', () => {
    for (const { language, text } of blocks)
      if (language === 'json') expect(() => JSON.parse(text)).not.toThrow()
  })
})
