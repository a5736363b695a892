import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registries } from '../src/cli/list.action.ts'
import { buildProgram } from '../src/cli/run.ts'
import { baselines } from '../src/evaluation/index.ts'
import { type Ability, type Family, families } from '../src/family/index.ts'
import { objectives } from '../src/objective/index.ts'
import { root } from './browser/bundle.ts'
import { document, documents, namesIn, snippetsOf, tableRows } from './documents.ts'
import { browserSafe, house } from './house.ts'
import { follow } from './walkthrough.ts'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
  scripts: Record<string, string>
  exports: Record<string, unknown>
  engines: { node: string }
}

describe.each(documents.map((each) => [each.path, each] as const))('%s', (path, { links, blocks, prose }) => {
  it('links to what is there', () => {
    const broken = links.filter((link) => {
      if (/^(https?|mailto):/.test(link)) return false
      const [target, anchor] = link.split('#') as [string, string | undefined]
      const file = target === '' ? path : join(dirname(path), target).replaceAll('\\', '/')
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && !document(file).anchors.has(anchor)
    })
    expect(broken).toEqual([])
  })

  it('shows pictures of a size that a page can bear', () => {
    const pictures = links
      .filter((link) => link.endsWith('.png'))
      .map((link) => join(root, dirname(path), link))
    for (const picture of pictures) expect(statSync(picture).size, picture).toBeLessThanOrEqual(200_000)
  })

  it('shows command lines that exist', () => {
    const lines = blocks
      .filter(({ language }) => language === 'sh')
      .flatMap(({ text }) => text.split('\n'))
      .map((line) => line.replace(/\s#.*$/, '').trim())
    for (const line of [...lines, ...namesIn(prose)]) {
      if (/^(npx )?scorefield [a-z]+ /.test(line)) parse(line)
      const script = /^npm (?:run )?([\w-]+)/.exec(line)?.[1]
      if (script && !['ci', 'install', 'i', 'pack', 'hooks'].includes(script))
        expect(Object.keys(manifest.scripts), line).toContain(script)
      const file = /^(?:node )?((?:\.ci|scripts|bench|examples|test|src|docs)\/[\w./-]+)$/.exec(line)?.[1]
      if (file) expect(existsSync(join(root, file)), line).toBe(true)
    }
  })
})

/** The command line, saying nothing. */
function commandLine(): ReturnType<typeof buildProgram> {
  const nowhere = new PassThrough()
  return buildProgram(manifest.version, { args: [], stdout: nowhere, stderr: nowhere, exitCode: 0 })
}

/** Parses a line of the command line without doing it; a mistake in it throws. */
function parse(line: string): void {
  const program = commandLine()
  for (const command of program.commands) command.action(() => {})
  // A placeholder stands for a name, N for a number.
  const words = [...line.replace(/ N\b/, ' 1').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3]!,
  )
  expect(
    () => program.parse(words.slice(words.indexOf('scorefield') + 1), { from: 'user' }),
    line,
  ).not.toThrow()
}

it('notices a command line that does not exist', () => {
  expect(() => parse('scorefield sample runs/wine --rows 5')).toThrow()
})

describe('README', () => {
  const readme = document('README.md')

  it('begins with the example that the tests run in Node and in a page', () => {
    const example = readFileSync(join(root, 'examples/two-moons.ts'), 'utf8')
    const code = example.slice(example.indexOf('\n') + 1).trimEnd()
    expect(readme.blocks.filter(({ language }) => language === 'ts')[0]!.text).toBe(code)
  })

  it('lists every command, and every part of the package', () => {
    const commands = commandLine().commands.map((command) => command.name())
    expect(tableRows(readme, 'command').map(([cell]) => namesIn(cell!)[0]!.split(' ')[1])).toEqual(commands)
    const parts = Object.keys(manifest.exports)
      .filter((name) => name !== './package.json')
      .map((name) => name.replace('.', 'scorefield'))
    expect(tableRows(readme, 'import from').flatMap(([cell]) => namesIn(cell!))).toEqual(parts)
  })

  it('names the Node version that package.json asks for', () => {
    expect(readme.prose).toContain(`Node ${/\d+/.exec(manifest.engines.node)![0]} or newer`)
  })
})

describe('docs/families.md', () => {
  const path = join(root, 'docs/families.md')
  const columns: readonly Ability[] = [
    'denoise',
    'score',
    'energy',
    'logDensity',
    'bound',
    'generate',
    'critic',
  ]
  const headings = ['denoise', 'score', 'energy', 'density', 'bound', 'generate', 'critic']
  const tableOf = (rows: readonly (readonly string[])[]): string[][] =>
    rows.map((row) => row.map((cell) => cell.trim()))
  const canTable = tableOf([
    ['family', 'summary', ...headings, 'conditions'],
    ...families.map(({ name, summary, can, takesConditions }) => [
      `\`${name}\``,
      summary,
      ...columns.map((ability) => (can.includes(ability) ? '✓' : '')),
      takesConditions ? '✓' : '',
    ]),
  ])
  const trains = (family: Family, { needs, levels, name }: (typeof objectives)[number]): string => {
    const fits = levels === family.levels && needs.every((ability) => family.can.includes(ability))
    return fits ? (family.objective === name ? '**✓**' : '✓') : ''
  }
  const trainTable = tableOf([
    ['objective', ...families.map(({ name }) => `\`${name}\``)],
    ...objectives.map((objective) => [
      `\`${objective.name}\``,
      ...families.map((family) => trains(family, objective)),
    ]),
  ])
  const markdown = ([head, ...rows]: readonly (readonly string[])[]): string =>
    [head!, head!.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
  const parts = { families: canTable, objectives: trainTable }

  it.each(Object.entries(parts))('has the table of %s; UPDATE_FEATURES=1 writes it anew', (name, table) => {
    const between = new RegExp(`(<!-- ${name} -->\\n)([\\s\\S]*?)(\\n?<!-- end -->)`)
    if (process.env['UPDATE_FEATURES'] === '1')
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(
          between,
          (_, start) => `${start}\n${markdown(table)}\n\n<!-- end -->`,
        ),
      )
    const found = between.exec(readFileSync(path, 'utf8'))![2]!
    const rows = found
      .split('\n')
      .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+\|$/.test(line))
      .map((line) => line.split('|').slice(1, -1))
    expect(tableOf(rows)).toEqual(table)
  })
})

describe('FEATURES', () => {
  const rows = document('FEATURES.md')
    .prose.split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const lists = [
    ...registries.map(({ name, items }) => ({ name, items: items.map((item) => item.name) })),
    { name: 'baselines', items: baselines.map(({ name }) => name) },
    { name: 'commands', items: commandLine().commands.map((command) => command.name()) },
  ]

  if (process.env['UPDATE_FEATURES'] === '1') {
    const path = join(root, 'FEATURES.md')
    const text = readFileSync(path, 'utf8')
    const named = lists.map(({ name, items }) => `| ${name} | ${items.map((it) => `\`${it}\``).join(', ')} |`)
    const table = ['| list | names |', '| --- | --- |', ...named].join('\n')
    writeFileSync(path, text.replace(/(## By name\n\n)[\s\S]*?(\n\n## )/, `$1${table}$2`))
  }

  it.each(lists)(
    'lists all $name, and nothing else; UPDATE_FEATURES=1 writes them anew',
    ({ name, items }) => {
      const row = rows.find((cells) => cells[1] === name)
      expect(row ? namesIn(row[2]!) : []).toEqual(items)
    },
  )
})

it('CHANGELOG begins with the version of package.json', () => {
  expect(/^## (\S+)/m.exec(document('CHANGELOG.md').text)![1]).toBe(manifest.version)
})

describe('CONTRIBUTING', () => {
  const contributing = document('CONTRIBUTING.md')
  /** The house, a copy of the sources in which everything that the page says has been done. */
  let copy: string
  /** The walk-throughs, by title: their blocks, and the tests that must pass. */
  const walks = contributing.text
    .split(/^## /m)
    .filter((section) => section.startsWith('Adding '))
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      item: /name: '([^']+)'/.exec(section)![1]!,
      blocks: contributing.blocks.filter(({ language, text }) => language === 'ts' && section.includes(text)),
      laws: namesIn(/^Laws: (.*)$/m.exec(section)![1]!),
    }))

  beforeAll(async () => {
    copy = mkdtempSync(join(tmpdir(), 'scorefield-docs-'))
    for (const part of ['src', 'package.json', 'tsconfig.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true })
    for (const part of ['node_modules', 'data']) symlinkSync(join(root, part), join(copy, part))
    for (const { blocks } of walks) for (const block of blocks) follow(block, copy)
    mkdirSync(join(copy, 'snippets'))
    await writeFile(join(copy, 'vitest.config.mjs'), 'export default {}')
    await Promise.all(
      documents.flatMap((each) =>
        snippetsOf(each).map(({ text, line }) =>
          writeFile(
            join(copy, 'snippets', `${each.path.replaceAll(/\W/g, '-')}-${line}.ts`),
            `${given}${text}\n`,
          ),
        ),
      ),
    )
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  it('shows the house as the tests enforce it', () => {
    const rows = tableRows(contributing, 'folder')
    expect(rows.map(([folder]) => namesIn(folder!)[0])).toEqual(Object.keys(house))
    for (const [at, [folder, , imports, browser]] of rows.entries()) {
      const name = namesIn(folder!)[0]!
      const above = Object.keys(house).slice(0, at)
      expect(imports === 'all above' ? above : namesIn(imports!), name).toEqual(house[name])
      expect(browser, name).toBe(browserSafe.includes(name) ? 'yes' : 'no')
    }
  })

  it('has a walk-through for each of the usual things', () => {
    expect(walks.map(({ title }) => title)).toEqual(
      [
        'an operation',
        'a sampler',
        'a density',
        'a network',
        'a family',
        'an objective',
        'a weighting',
        'a metric',
        'a kind of data',
        'a data format',
      ].map((what) => `Adding ${what}`),
    )
    for (const { blocks } of walks) expect(blocks.length).toBeGreaterThanOrEqual(2)
  })

  it('says what passes the laws, when it is done', () => {
    const report = join(copy, 'report.json')
    const pattern = walks.map(({ item }) => `\\b${item}\\b`).join('|')
    const laws = [...new Set(walks.flatMap((walk) => walk.laws))]
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const options = ['--root', copy, '--reporter=json', `--outputFile=${report}`, '--testTimeout=60000']
    const { stderr } = spawnSync(process.execPath, [vitest, 'run', ...options, '-t', pattern, ...laws], {
      cwd: copy,
      encoding: 'utf8',
    })
    expect(existsSync(report), stderr).toBe(true)
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: {
        name: string
        message: string
        assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
      }[]
    }
    for (const { item, laws } of walks)
      for (const law of laws) {
        const file = testResults.find(({ name }) => name.endsWith(law))
        const run = file!.assertionResults.filter(
          ({ status, fullName }) => status !== 'skipped' && fullName.includes(item),
        )
        expect(
          run.filter(({ status }) => status !== 'passed'),
          `${item} in ${law}: ${file!.message}`,
        ).toEqual([])
        expect(run.length, `${item} in ${law}: ${file!.message}`).toBeGreaterThan(0)
      }
  }, 180_000)

  it('is made of code that compiles, as all documents are', async () => {
    const walked = walks.flatMap(({ blocks }) => blocks.map(({ text }) => text.split('\n')[0]!.slice(3)))
    const shown = ['snippets/', ...walked]
    await writeFile(
      join(copy, 'tsconfig.snippets.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: {
          typeRoots: [join(root, 'node_modules/@types')],
          isolatedDeclarations: false,
          declaration: false,
        },
        include: shown,
      }),
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '-p', 'tsconfig.snippets.json'], {
      cwd: copy,
      encoding: 'utf8',
    })
    // Mistakes elsewhere are for `npm run typecheck` to find.
    expect(stdout.split('\n').filter((line) => shown.some((path) => line.startsWith(path)))).toEqual([])
  }, 120_000)
})

/** What a snippet may use without saying where it comes from. */
const given = "declare const spec: import('scorefield/engine').ProgramSpec\n"
