import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeInto } from '../data/picture/pictures.test-helper.ts'
import { type Outcome, temporaryFolder, tinyModel } from './command-line.test-helper.ts'
import { type InstalledPackage, installPackage } from './installed.test-helper.ts'

const wine = fileURLToPath(new URL('../../data/wine-quality/winequality-white.csv', import.meta.url))
const folder = temporaryFolder()
const [bare, broken, web] = ['bare', 'broken', 'web'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const readJson = (...path: string[]): Record<string, Record<string, string>> =>
  JSON.parse(readFileSync(join(...path), 'utf8'))
const versionOf = (name: string): string => {
  const manifest = fileURLToPath(new URL(`../../node_modules/${name}/package.json`, import.meta.url))
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}
const warnings = ({ err }: Outcome): string[] => err.split('\n').filter((line) => line.startsWith('Warning'))
const slower =
  'Warning: The package onnxruntime-node is not installed, so WebAssembly computes, which takes one to three times as long on two cores, and more on many. Install it with `npm install onnxruntime-node`.'
/** As `tinyModel`, with pictures. */
const tiny = tinyModel.filter((option) => option !== '--no-pictures')

describe('without any package that could be missing', () => {
  let installed: InstalledPackage
  const scorefield: InstalledPackage['scorefield'] = (...args) => installed.scorefield(...args)

  beforeAll(async () => {
    installed = await installPackage(bare, {
      without: [
        ...['onnxruntime-node', 'read-excel-file', 'jsdom', '@resvg/resvg-js', '@duckdb/node-api', 'sharp'],
      ],
    })
  })

  it('helps and lists', async () => {
    for (const command of [['--help'], ['list'], ['train', '--help']])
      expect(await scorefield(...command)).toMatchObject({ code: 0, err: '' })
  })

  it('trains a toy by WebAssembly, says so once, leaves the pictures out, and notes what computed', async () => {
    const trained = await scorefield('train', 'toy:two-moons', '--steps', '20', '--out', 'moons', ...tiny)
    expect(trained.code).toBe(0)
    expect(warnings(trained)).toEqual([
      slower,
      'Warning: The pictures could not be drawn: Pictures are laid out in Node by the package jsdom, which is not installed. Install it with `npm install jsdom`.',
    ])
    const { versions } = readJson(bare, 'moons', 'run.json')
    expect(Object.keys(versions!)).toEqual(['scorefield', 'node', 'onnxruntime-web'])
    expect(versions!['onnxruntime-web']).toBe(versionOf('onnxruntime-web'))
  })

  it('draws rows of it', async () => {
    const drawn = await scorefield('sample', 'moons', '-n', '50', '-o', 'new.csv', '--threads', '1')
    expect(drawn.code).toBe(0)
    expect(warnings(drawn)).toEqual([slower])
    expect(readFileSync(join(bare, 'new.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(51)
  })

  it('tells of a table what to install, before any work', async () => {
    const told = [
      'Error: Tables are read and searched by the package @duckdb/node-api, which is not installed.',
      '  Install it with `npm install @duckdb/node-api`.',
      '  (data/duckdb-missing)',
      '',
    ].join('\n')
    for (const command of [
      ['train', wine, '--out', 'wine'],
      ['inspect', wine],
      ['compare', wine, '--out', 'wine'],
    ])
      expect(await scorefield(...command), command[0]).toMatchObject({
        code: 3,
        err: command[0] === 'compare' ? `${slower}\n${told}` : told,
      })
    expect(existsSync(join(bare, 'wine', 'run.json'))).toBe(false)
    for (const command of [
      ['sample', 'moons', '-n', '50', '-o', 'new.parquet'],
      ['sample', 'moons', '-n', '1000000', '--where', 'x0 > 0'],
      ['score', 'moons', 'new.csv'],
    ]) {
      const { code, err } = await scorefield(...command)
      expect({ code, end: err.slice(-told.length) }, command.join(' ')).toEqual({ code: 3, end: told })
    }
  })

  it('tells of files of pictures what to install; IDX files need nothing', async () => {
    writeInto(bare, 'photos/a.png', 'x')
    expect(await scorefield('inspect', 'photos')).toMatchObject({
      code: 3,
      err: [
        'Error: Files of pictures are decoded and resized by the package sharp, which is not installed.',
        '  Install it with `npm install sharp`, or give the pictures as an IDX file or as a CSV of pixels, of the size that they shall have.',
        '  (picture/sharp-missing)',
        '',
      ].join('\n'),
    })
    const pixels = Array.from({ length: 40 * 4 }, (_, i) => (i * 89) % 256)
    writeInto(
      bare,
      'p-images-idx3-ubyte',
      Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, ...pixels),
    )
    expect(await scorefield('inspect', 'p-images-idx3-ubyte', '--picture', 'sheet.png')).toMatchObject({
      code: 0,
    })
    expect(existsSync(join(bare, 'sheet.png'))).toBe(true)
  })

  it('trains in a program of one’s own, with one warning of Node', async () => {
    const { code, out, err } = await installed.node(`
      import { fit, toyByName } from 'scorefield'
      const model = await fit(toyByName('rings'), { steps: 4, batchSize: 16, size: { width: 8 } })
      const rows = await model.sample({ count: 3, steps: 3 })
      console.log(rows.length, (await model.score(rows)).every(Number.isFinite))
    `)
    expect({ code, out }).toEqual({ code: 0, out: '6 true\n' })
    expect(err.match(/SCOREFIELD_WEBASSEMBLY/g)).toHaveLength(1)
  })
})

describe('where binaries are missing or do not fit', () => {
  let installed: InstalledPackage

  beforeAll(async () => {
    installed = await installPackage(broken, {
      without: [
        ...['read-excel-file', '@resvg/resvg-js'],
        ...[`@duckdb/node-bindings-${process.platform}-${process.arch}`],
      ],
      inPart: {
        'onnxruntime-node': (path) => !path.startsWith('bin'),
        '@duckdb/node-api': () => true,
        '@duckdb/node-bindings': () => true,
      },
    })
  })

  it('says how a table’s package gets its binary', async () => {
    expect(await installed.scorefield('train', wine)).toMatchObject({
      code: 3,
      err: [
        'Error: Tables are read and searched by the package @duckdb/node-api, which cannot be loaded on this machine.',
        '  Its binary for this machine is an optional package, which `--omit=optional` leaves out; install it with `npm install --include=optional @duckdb/node-api`.',
        '  (data/duckdb-missing)',
        '',
      ].join('\n'),
    })
  })

  it('computes by WebAssembly and leaves the pictures out', async () => {
    const trained = await installed.scorefield(
      'train',
      'toy:rings',
      '--steps',
      '4',
      '--out',
      'rings',
      ...tiny,
    )
    expect(trained.code).toBe(0)
    expect(warnings(trained)).toEqual([
      expect.stringMatching(
        /^Warning: The package onnxruntime-node cannot be loaded on this machine, so WebAssembly/,
      ),
      'Warning: The pictures could not be drawn: PNG files are drawn by the package @resvg/resvg-js, which is not installed. Install it with `npm install @resvg/resvg-js`, or write .svg.',
    ])
  })

  it('does not take WebAssembly for the GPU', async () => {
    const { code, err } = await installed.scorefield(
      'train',
      'toy:rings',
      '--device',
      'webgpu',
      '--out',
      'gpu',
    )
    expect(code).toBe(4)
    expect(err).toContain('(runtime/onnxruntime-node-missing)')
    expect(existsSync(join(broken, 'gpu'))).toBe(false)
  })
})

describe('without onnxruntime-node', () => {
  let installed: InstalledPackage
  const options = [
    ...['--steps', '60', '--seed', '3', '--set', 'training.stepsPerCall=10', '--set', 'sampling.steps=4'],
    ...tinyModel,
  ]

  beforeAll(async () => {
    installed = await installPackage(web, { without: ['onnxruntime-node', 'read-excel-file'] })
    writeFileSync(join(web, 'wine.csv'), readFileSync(wine, 'utf8').split('\n').slice(0, 400).join('\n'))
  })

  /** The losses of a run's steps. */
  const losses = (...path: string[]): number[] =>
    readFileSync(join(...path, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .flatMap(({ type, loss }) => (type === 'step' ? [loss as number] : []))

  it('a table is learned, drawn, scored and judged, as with it up to the last digits', async () => {
    const { scorefield } = installed
    expect(await scorefield('train', 'wine.csv', '--out', 'wine', ...options)).toMatchObject({ code: 0 })
    expect(await scorefield('sample', 'wine', '-n', '30', '-o', 'new.csv')).toMatchObject({ code: 0 })
    expect(await scorefield('score', 'wine', 'new.csv', '-o', 'scores.csv')).toMatchObject({ code: 0 })
    expect(readFileSync(join(web, 'scores.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(31)
    expect(await scorefield('evaluate', 'wine', '--likelihood-rows', '20')).toMatchObject({ code: 0 })

    const whole = await installPackage(join(folder, 'whole'))
    const native = await whole.scorefield('train', join(web, 'wine.csv'), '--out', 'wine', ...options)
    expect(native.code).toBe(0)
    expect(warnings(native)).toEqual([])
    const [ours, theirs] = [losses(web, 'wine'), losses(folder, 'whole', 'wine')]
    expect(ours).toHaveLength(6)
    ours.forEach((loss, step) => void expect(Math.abs(loss / theirs[step]! - 1)).toBeLessThan(1e-3))
    expect(readJson(folder, 'whole', 'wine', 'run.json')['versions']).toMatchObject({
      'onnxruntime-node': versionOf('onnxruntime-node'),
    })
    const again = await installed.scorefield('train', '--resume', join(folder, 'whole', 'wine'))
    expect(warnings(again).at(-1)).toMatch(
      /onnxruntime-node computed this run so far, and onnxruntime-web continues it/,
    )
  }, 240_000)

  it('Ctrl-C stops within a call, with two threads too', async () => {
    const { child, done } = installed.start(
      ...['train', 'toy:rings', '--out', 'rings', '--json', '--steps', '1000000'],
      ...[...tinyModel, '--threads', '2'],
    )
    child.stdout!.on('data', function listen(text) {
      if (!String(text).includes('"type":"step"')) return
      child.stdout!.off('data', listen)
      child.kill('SIGINT')
    })
    const { code, err } = await done
    expect(code).toBe(130)
    expect(err).toMatch(/Stopped at step [\d,]+\. Go on with/)
  })

  it('Excel files are told to need their package', async () => {
    writeFileSync(join(web, 'rows.xlsx'), 'PK')
    expect(await installed.scorefield('train', 'rows.xlsx')).toMatchObject({
      code: 3,
      err: expect.stringMatching(
        /read-excel-file, which is not installed\.\n {2}Install it[^\n]*save the sheet as CSV/,
      ),
    })
  })
})
