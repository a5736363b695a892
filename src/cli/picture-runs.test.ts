import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sharp, writeInto } from '../data/picture/pictures.test-helper.ts'
import { onnxMetadata } from '../files/index.ts'
import {
  cells,
  type Outcome,
  scorefield,
  succeeded,
  temporaryFolder,
  tinyModel,
} from './command-line.test-helper.ts'
import { writeSides } from './side-pictures.test-helper.ts'

const folder = temporaryFolder()
const at = (...names: string[]): string => join(folder, ...names)
const data = at('shapes')
const run = at('runs', 'shapes')
/** A network of rows: what is asked here is the same for every network, and this one is quick. */
const small = ['--set', 'model.network=residual-mlp', ...tinyModel]

let trained: Outcome

/** Pictures of 6 × 6: bright left or bright right, by their folder; some twice. */
function writeData(): void {
  writeSides(data, 60)
  writeInto(data, 'right/again.png', readFileSync(at('shapes', 'right', '07.png')))
  writeInto(data, 'left/broken.png', 'no picture')
}

beforeAll(async () => {
  writeData()
  const options = [
    '--steps',
    '30',
    '--set',
    'training.learningRate=0.01',
    ...small.filter((one) => one !== '--no-pictures'),
  ]
  trained = await succeeded('train', data, '--out', run, '--json', ...options)
})

const sheetSize = async (path: string): Promise<{ width?: number; height?: number }> => {
  const { width, height } = await sharp(path).metadata()
  return { width, height }
}

describe('train', () => {
  it('says what was read, and draws sheets', () => {
    expect(trained.err).toMatch(/^shapes: \d+ pictures to learn from/)
    expect(trained.err).toContain(
      '1 file is left out: left/broken.png holds no picture of a format that is known',
    )
    expect(trained.err).toContain('2 labels: left, right; one picture in ten is learned without its label')
    expect(trained.err).toContain('scorefield sample')
    const { pictures } = trained.events().at(-1) as { pictures: string[] }
    expect(pictures).toEqual(
      expect.arrayContaining(['samples/samples.png', 'samples/data.png', 'samples/loss.png']),
    )
    for (const file of pictures) expect(existsSync(join(run, file)), file).toBe(true)
  })

  it('keeps in its run how the pictures were read, and none of them', () => {
    const { config } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))
    expect(config.data).toMatchObject({
      kind: 'pictures',
      source: data,
      pictures: { size: '6x6', mode: 'grey' },
    })
    const description = JSON.parse(readFileSync(join(run, 'data.json'), 'utf8'))
    expect(description).toMatchObject({
      kind: 'pictures',
      rowCount: 61,
      columns: ['picture', 'label', 'file'],
    })
  })

  it('goes on with the same pictures', async () => {
    const { err } = await succeeded('train', '--resume', run, '--steps', '35', '--no-pictures')
    expect(err).toMatch(/step 30 of 35/)
    // A table's name would be refused, whether sheets are drawn or not.
    expect(err).toMatch(/^Draw new pictures with: .* -o new$/m)
  })
})

describe('sample', () => {
  it('writes a folder: a file each, the labels, a sheet', async () => {
    const { err } = await succeeded('sample', run, '-n', '7', '-o', at('new'), '--first', '3', '--steps', '3')
    expect(readdirSync(at('new')).sort()).toEqual([
      ...Array.from({ length: 7 }, (_, i) => `00000${i + 3}.png`),
      'labels.csv',
      'sheet.png',
    ])
    expect(await sheetSize(at('new', '000003.png'))).toEqual({ width: 6, height: 6 })
    const [header, ...rows] = cells(readFileSync(at('new', 'labels.csv'), 'utf8'))
    expect(header).toEqual(['file', 'label'])
    expect(rows).toHaveLength(7)
    expect(err).toMatch(/Wrote 7 pictures, labels\.csv and sheet\.png to .* in /)
  })

  it('what was written is read as pictures with their labels, without the sheet', async () => {
    const { events } = await succeeded('inspect', at('new'), '--json')
    const [, ...rows] = cells(readFileSync(at('new', 'labels.csv'), 'utf8'))
    const left = rows.filter(([, label]) => label === 'left').length
    expect(events().at(-1)).toMatchObject({
      ...{ pictures: 7, sizes: { '6 × 6': 7 }, otherFiles: ['labels.csv', 'sheet.png'] },
      labels: { ...(left > 0 && { left }), ...(left < 7 && { right: 7 - left }) },
    })
  })

  it('picture i depends on the seed and on i only', async () => {
    await succeeded('sample', run, '-n', '2', '-o', at('later'), '--first', '5', '--steps', '3')
    for (const name of ['000005.png', '000006.png'])
      expect(readFileSync(at('later', name))).toEqual(readFileSync(at('new', name)))
  })

  it('draws of one label, by --label as by --given, guided too', async () => {
    await succeeded('sample', run, '-n', '4', '-o', at('left'), '--label', 'left', '--steps', '3')
    const [, ...rows] = cells(readFileSync(at('left', 'labels.csv'), 'utf8'))
    expect(rows.map(([, label]) => label)).toEqual(['left', 'left', 'left', 'left'])
    await succeeded('sample', run, '-n', '4', '-o', at('given'), '--given', 'label=left', '--steps', '3')
    expect(readFileSync(at('given', 'sheet.png'))).toEqual(readFileSync(at('left', 'sheet.png')))
    await succeeded(
      'sample',
      run,
      '-n',
      '4',
      '-o',
      at('guided'),
      '--label',
      'left',
      '--guidance',
      '2',
      '--steps',
      '3',
    )
    expect(readFileSync(at('guided', 'sheet.png'))).not.toEqual(readFileSync(at('left', 'sheet.png')))
  })

  it('exports a sampler that says how its rows become pictures, and refuses what a file cannot have', async () => {
    const options = ['--rows', '2', '--steps', '2', '--walk', '--guidance']
    await succeeded('export', run, '-o', at('shapes.onnx'), ...options)
    const about = onnxMetadata(readFileSync(at('shapes.onnx')))
    expect(JSON.parse(about['encoding']!)).toMatchObject({
      ...{ width: 6, height: 6, channels: 1, levels: 256, labels: { names: ['left', 'right'] } },
    })
    expect(about['pictures']).toContain('x becomes v = min(255, max(0, floor((x + 1) · 256/2)))')
    expect(JSON.parse(about['levels']!)).toHaveLength(3)
    expect(about['port.walk']).toMatch(/^\[3, 2, 36\]/)
    for (const option of ['--walk', '--guidance']) {
      const refused = await scorefield('export', run, '-o', at('no.onnx'), '--what', 'score', option)
      expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(`${option} is of a sampler`)])
    }
  })

  it('guidance of weight 1 is off, bit for bit; of another it is not', async () => {
    const ways = {
      plain: ['--guidance', '1'],
      narrow: ['--guidance', '3', '--guidance-interval', '1e6,2e6'],
      byItself: ['--guide-run', run, '--guidance', '3'],
      byEarlier: ['--guide-step', '30', '--guidance', '1'],
      usual: [],
      guided: ['--guidance', '3'],
      guidedByEarlier: ['--guide-step', '30', '--guidance', '3'],
    }
    const sheets: Record<string, Buffer> = {}
    for (const [name, options] of Object.entries(ways)) {
      const file = at(`${name}.png`)
      await succeeded('sample', run, '-n', '4', '-o', file, '--label', 'left', '--steps', '3', ...options)
      sheets[name] = readFileSync(file)
    }
    const { plain, usual, guided, guidedByEarlier, ...same } = sheets
    for (const [name, sheet] of Object.entries(same)) expect(sheet, name).toEqual(plain)
    expect(usual).not.toEqual(plain)
    expect(guided).not.toEqual(plain)
    expect(guidedByEarlier).not.toEqual(plain)
  })

  it('without a label each is guided by the label that it is drawn with; a run may say how much', async () => {
    const guiding = at('runs', 'guiding')
    cpSync(run, guiding, { recursive: true })
    const file = join(guiding, 'run.json')
    const { config, ...rest } = JSON.parse(readFileSync(file, 'utf8'))
    const sampling = { ...config.sampling, guidance: { weight: 3 } }
    writeFileSync(file, JSON.stringify({ ...rest, config: { ...config, sampling } }))
    const drawn = async (of: string, ...options: string[]): Promise<Buffer> => {
      await succeeded('sample', of, '-n', '4', '-o', at('some.png'), '--steps', '3', ...options)
      return readFileSync(at('some.png'))
    }
    const [usual, plain, guided] = [
      await drawn(run),
      await drawn(run, '--guidance', '1'),
      await drawn(run, '--guidance', '3'),
    ]
    expect(usual).toEqual(await drawn(run, '--guidance', '1.5'))
    expect(usual).not.toEqual(plain)
    expect(guided).not.toEqual(plain)
    expect(await drawn(guiding)).toEqual(guided)
    expect(await drawn(guiding, '--guidance', '1')).toEqual(plain)
  })

  it('a name in .png is the sheet alone', async () => {
    await succeeded('sample', run, '-n', '9', '-o', at('sheet.png'), '--steps', '3')
    const { width, height } = await sheetSize(at('sheet.png'))
    // Three by three, each with the name of its label below it.
    expect(height! - width!).toBeGreaterThan(3 * 8)
    expect(height! - width!).toBeLessThan(3 * 24)
  })

  it.each([
    [
      'a label that is not known',
      ['--label', 'lefft', '-o', 'x'],
      'data/unknown-category',
      'Did you mean left?',
    ],
    [
      'an interval that is none',
      ['--label', 'left', '--guidance', '2', '--guidance-interval', '3,1', '-o', 'x'],
      'usage/value',
      '--guidance-interval',
    ],
    [
      'a step without a checkpoint',
      ['--guide-step', '7', '-o', 'x'],
      'run/no-such-checkpoint',
      'no checkpoint of step 7',
    ],
    ['no place for pictures', [], 'usage/output', '-o sheet.png'],
    ["a table's name", ['-o', 'new.csv'], 'usage/output', 'the name of a table'],
    ['a folder that is not empty', ['-o', data], 'usage/not-empty', 'Name a new folder'],
  ])('refuses %s', async (_, options, code, says) => {
    const { code: exit, err } = await scorefield('sample', run, '-n', '2', ...options)
    expect(exit).toBe(2)
    expect(err).toContain(`(${code})`)
    expect(err).toContain(says)
  })
})

describe('score', () => {
  it('tells bits a dimension of each picture, with the error', async () => {
    const { events } = await succeeded('score', run, join(data, 'left'), '-o', at('bits.csv'), '--json')
    const [header, ...rows] = cells(readFileSync(at('bits.csv'), 'utf8'))
    expect(header).toEqual(
      expect.arrayContaining([
        'row',
        'file',
        'log_density',
        'log_density_se',
        'bits_per_dim',
        'bits_per_dim_se',
      ]),
    )
    expect(rows).toHaveLength(20)
    const number = (row: readonly string[], name: string): number => Number(row[header!.indexOf(name)])
    for (const row of rows) {
      expect(number(row, 'bits_per_dim')).toBeCloseTo(-number(row, 'log_density') / (36 * Math.LN2), 5)
      expect(number(row, 'bits_per_dim_se')).toBeGreaterThan(0)
    }
    const mean = rows.reduce((sum, row) => sum + number(row, 'bits_per_dim') / rows.length, 0)
    expect(events().at(-1)).toMatchObject({
      bitsPerDimension: expect.closeTo(mean, 5),
      dequantisation: 'uniform',
    })
  })
})

describe('inspect', () => {
  it('tells sizes, labels, repeated and broken pictures, and draws a sheet', async () => {
    const { out, err } = await succeeded('inspect', data, '--picture', at('contact.png'))
    expect(out).toMatch(/^61 pictures, learned as 6 × 6 pixels, grey; 1 repeated picture\n/)
    expect(out).toMatch(/labels +right \(41\), left \(20\)/)
    expect(out).toContain('right/07.png = right/again.png')
    expect(out).toContain('left/broken.png holds no picture of a format that is known')
    expect(err).toContain('Contact sheet:')
    expect((await sheetSize(at('contact.png'))).width).toBeGreaterThan(60)
  })

  it('has the same as data', async () => {
    const { events } = await succeeded('inspect', data, '--json')
    expect(events().at(-1)).toMatchObject({
      ...{ kind: 'pictures', pictures: 61, labels: { left: 20, right: 41 }, sizes: { '6 × 6': 61 } },
      equal: [['right/07.png', 'right/again.png']],
      broken: [{ name: 'left/broken.png' }],
    })
  })

  it('writes settings that train takes', async () => {
    await succeeded('inspect', data, '--write', at('shapes.json'))
    const { out } = await succeeded('train', at('shapes.json'), '--dry-run', '--steps', '5', ...small)
    expect(JSON.parse(out).data).toMatchObject({ kind: 'pictures', source: data, pictures: { size: '6x6' } })
  })

  it('a sheet of a table is refused', async () => {
    const { err } = await scorefield('inspect', 'toy:rings', '--picture', 'x.png')
    expect(err).toContain('(usage/picture)')
  })
})

describe('other commands', () => {
  it('score tells log-densities of pictures, whatever their label', async () => {
    const pattern = join(data, 'right', '0*.png')
    await succeeded('score', run, pattern, '-o', at('scores.csv'))
    const [header, ...rows] = cells(readFileSync(at('scores.csv'), 'utf8'))
    expect(header!.slice(0, 3)).toEqual(['row', 'file', 'log_density'])
    expect(rows.length).toBeGreaterThan(3)
    for (const [, , logDensity] of rows) expect(Number.isFinite(Number(logDensity))).toBe(true)
  })

  it('compare says what can', async () => {
    const { code, err } = await scorefield('compare', data, '--out', at('compared'))
    expect(code).toBe(4)
    expect(err).toContain('(compare/kind)')
    expect(err).toContain('evaluate each')
  })
})

describe('bad input', () => {
  it.each([
    ['one picture', ['*.png'], 'data/too-few-rows'],
    ['broken files that are refused', ['', '--broken', 'refuse'], 'data/broken-pictures'],
    ['a way to fit that there is not', ['', '--fit', 'stretch'], 'config/invalid'],
    ['a kind that there is not', ['', '--kind', 'picture'], 'usage/unknown-name'],
  ])('train refuses %s', async (_, [below, ...options], code) => {
    const source = below === '' ? data : join(data, 'right', 'again.png')
    const { code: exit, err } = await scorefield('train', source, '--out', at('no'), ...options)
    expect(exit).toBeGreaterThan(1)
    expect(err).toContain(`(${code})`)
    expect(existsSync(at('no'))).toBe(false)
  })
})

describe('tune', () => {
  it('tells what it tried, draws it, and keeps the best where that is asked', async () => {
    const asked = ['--evaluations', '4', '-n', '40', '--write', '-o', at('tuned.png')]
    const { out } = await succeeded('tune', run, ...asked)
    expect(out).toMatch(/Error of 40 rows against fine steps from the same noise/)
    expect(out).toMatch(/the run’s own: heun, 2 steps, karras/)
    expect((await sheetSize(at('tuned.png'))).width).toBeGreaterThan(100)
    const { sampling } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')).config
    await succeeded('sample', run, '-n', '4', '-o', at('as-tuned.png'))
    const options = Object.entries(sampling.gridOptions ?? {}).flatMap(([name, value]) => [
      '--grid-option',
      `${name}=${value}`,
    ])
    const told = ['--sampler', sampling.sampler, '--steps', String(sampling.steps), ...options]
    await succeeded('sample', run, '-n', '4', '-o', at('told.png'), ...told)
    expect(readFileSync(at('told.png'))).toEqual(readFileSync(at('as-tuned.png')))
  })
})
