import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'

const folder = temporaryFolder()
const run = join(folder, 'run')
const at = (name: string): string => join(folder, name)

beforeAll(async () => {
  await succeeded('train', 'toy:two-moons', '--steps', '5', '--out', run, ...tinyModel)
  writeFileSync(at('good.csv'), 'x1,x2\n0.1,0.2\n0.3,0.4\n')
  writeFileSync(at('no-x2.csv'), 'x1,y\n0.1,0.2\n0.3,0.4\n')
  writeFileSync(at('unknown-key.json'), '{"training": {"stepz": 3}}')
  writeFileSync(at('broken.json'), '{"training": ')
  writeFileSync(at('steps.json'), '{"training": {"steps": 0}}')
})

/** Arguments, exit code, and what stderr must say. */
const wrong: readonly (readonly [() => string[], number, RegExp])[] = [
  [() => ['trian'], 2, /no command "trian"\. Did you mean "train"\?[\s\S]*Known: inspect, train, sample/],
  [() => ['trian', '--stps', '3'], 2, /Did you mean "train"\?/],
  [() => ['train', 'toy:rings', '--stps', '3'], 2, /"--stps"\. Did you mean --steps\?/],
  [() => ['train'], 2, /No data are named[\s\S]*toy:NAME/],
  [() => ['train', 'toy:two-moon'], 2, /"two-moon"\. Did you mean "two-moons"\?/],
  [() => ['train', at('none.csv')], 3, /no file .*none\.csv/],
  [() => ['train', at('none*.csv')], 3, /No file matches/],
  [() => ['train', folder], 3, /holds no pictures; it holds broken\.json/],
  [() => ['train', 'toy:rings', 'toy:banana'], 2, /[Tt]oo many arguments/],
  [() => ['train', 'toy:rings', '--sql', 'select 1'], 2, /data\.sql is given, and data\.source/],
  [() => ['train', 'toy:rings', '--steps', '0'], 2, /--steps must be a whole number of at least 1, not "0"/],
  [() => ['train', 'toy:rings', '--steps', 'many'], 2, /--steps .*"many"/],
  [() => ['train', 'toy:rings', '--learning-rate', '-1'], 2, /--learning-rate must be a number above 0/],
  [
    () => ['train', 'toy:rings', '--objective', 'denoisin'],
    2,
    /training\.objective.*Did you mean denoising\?/,
  ],
  [() => ['train', 'toy:rings', '--device', 'gpu'], 2, /--device must be cpu or webgpu, not "gpu"/],
  [() => ['train', 'toy:rings', '--threads', '0'], 2, /--threads/],
  [() => ['train', 'toy:rings', '--config', at('unknown-key.json')], 2, /training\.stepz.*training\.steps\?/],
  [() => ['train', 'toy:rings', '--config', at('broken.json')], 2, /broken\.json cannot be read as JSON/],
  [() => ['train', 'toy:rings', '--config', at('steps.json')], 2, /training\.steps is 0.*1 or more/],
  [() => ['train', 'toy:rings', '--config', at('none.json')], 2, /none\.json cannot be read/],
  [() => ['train', 'toy:rings', '--set', 'a.b=c'], 2, /a\.b is no setting[\s\S]*scorefield list settings/],
  [() => ['train', 'toy:rings', '--set', 'training.clipnorm=1'], 2, /Did you mean training\.clipNorm\?/],
  [() => ['train', 'toy:rings', '--set', 'training.clipNorm=x'], 2, /training\.clipNorm is "x"/],
  [() => ['train', 'toy:rings', '--set', 'training.clipNorm'], 2, /training\.clipNorm=VALUE/],
  [() => ['train', 'toy:rings', '--out', run], 2, /holds a run already[\s\S]*--resume/],
  [() => ['train', 'toy:rings', '--out', folder], 2, /is not empty/],
  [() => ['train', '--resume', at('none')], 2, /no folder .*none/],
  [() => ['train', '--resume', at('runn')], 2, /Did you mean .*run\?/],
  [() => ['train', '--resume', folder], 2, /not the folder of a run: it has no run\.json/],
  [
    () => ['train', 'toy:rings', '--resume', run, '--steps', '9'],
    2,
    /except the number of steps; a data argument cannot be changed/,
  ],
  [() => ['sample', '-n', '5'], 2, /argument "run"/],
  [() => ['sample', run], 2, /-n, --count <n>" is needed/],
  ...['0', '-5', '1.5', 'x', ''].map(
    (n) =>
      [
        () => ['sample', run, '-n', n],
        2,
        new RegExp(`-n must be a whole number of at least 1, not "${n}"`),
      ] as const,
  ),
  [() => ['sample', run, '-n', '1e12'], 2, /1,000,000,000,000 rows .*do not fit in memory[\s\S]*--first/],
  [() => ['sample', run, '-n', '5', '--first', '-1'], 2, /--first/],
  [() => ['sample', run, '-n', '5', '--sampler', 'huen'], 2, /Did you mean "heun"\?/],
  [() => ['sample', run, '-n', '5', '--sampler-option', 'eta=1'], 2, /"heun" has no option "eta"/],
  [() => ['sample', run, '-n', '5', '--sampler-option', 'eta'], 2, /a name and a number, such as eta=0\.5/],
  [
    () => ['sample', run, '-n', '5', '--sampler', 'ancestral', '--sampler-option', 'eta=2'],
    2,
    /"eta" of the sampler "ancestral" is 2/,
  ],
  [() => ['sample', run, '-n', '5', '--guidance', '2'], 4, /trained without conditions[\s\S]*--guide-step N/],
  [() => ['sample', run, '-n', '5', '--grid', 'karas'], 2, /Did you mean "karras"\?/],
  [() => ['sample', run, '-n', '5', '-o', at('x.foo')], 2, /does not say in which format[\s\S]*\.parquet/],
  [() => ['sample', run, '-n', '5', '-o', at('no/x.csv')], 2, /there is no folder .*no/],
  [() => ['sample', folder, '-n', '5'], 2, /not the folder of a run/],
  [() => ['sample', at('good.csv'), '-n', '5'], 2, /is a file, not the folder of a run/],
  [() => ['score', run], 2, /No data are named/],
  [() => ['score', run, at('none.csv')], 3, /no file/],
  [() => ['score', run, at('no-x2.csv')], 3, /lacks the column of numbers 'x2'/],
  [() => ['score', run, at('good.csv'), '--sql', 'select 1'], 2, /Both a file and a query/],
  [() => ['score', run, '--sql', 'selec 1'], 3, /query could not be run/],
  [
    () => ['score', run, at('good.csv'), '--dequantisation', 'variational'],
    2,
    /"variational" is one of pictures; this run learned other data/,
  ],
  [() => ['list', 'sampler'], 2, /Did you mean "samplers"\?/],
]

describe('what is wrong on a command line', () => {
  it.each(wrong.map(([args, code, says], n) => ({ n, args, code, says })))(
    '$n: $says',
    async ({ args, code, says }) => {
      const before = readdirSync(folder)
      const done = await scorefield(...args())
      expect(done.err).toMatch(says)
      expect(done.err).toMatch(/^Error: /)
      expect(done.err).not.toMatch(/\n\s+at /)
      expect({ code: done.code, out: done.out }).toEqual({ code, out: '' })
      expect(readdirSync(folder)).toEqual(before)
    },
  )

  it('is an event with --json, also of what is no option', async () => {
    for (const args of [['train', '--stps'], ['trian'], ['train', 'toy:two-moon']]) {
      const { code, events } = await scorefield(...args, '--json')
      expect(code).toBe(2)
      expect(events()).toEqual([
        expect.objectContaining({ type: 'error', kind: 'usage', code: expect.stringMatching(/^usage\//) }),
      ])
    }
  })
})

describe('no command', () => {
  it('shows help on stderr, as wrong usage', async () => {
    const { code, out, err } = await scorefield()
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('Learn and draw:')
  })

  it('has a version', async () => {
    expect(await scorefield('--version')).toMatchObject({ code: 0, out: '0.0.0-test\n' })
  })
})

describe('--dry-run', () => {
  it('prints the settings and writes nothing', async () => {
    const out = at('dry')
    const done = await succeeded('train', 'toy:rings', '--dry-run', '--steps', '7', '--out', out)
    expect(JSON.parse(done.out)).toMatchObject({
      seed: 0,
      data: { source: 'toy:rings' },
      training: { steps: 7 },
    })
    expect(done.err).toMatch(
      /134,402 parameters[\s\S]*about .* for .* steps[\s\S]*MB of memory\. Nothing was written/,
    )
    expect(existsSync(out)).toBe(false)
  })

  it('of a run to go on with trains nothing either', async () => {
    const done = await succeeded('train', '--resume', run, '--dry-run')
    expect(JSON.parse(done.out)).toMatchObject({ training: { steps: 5 } })
    expect(done.err).toContain('Nothing was written')
  })

  it('takes settings in the order of their weight: file, --set, own options', async () => {
    writeFileSync(at('three.json'), '{"seed": 1, "training": {"steps": 1, "batchSize": 1}}')
    const set = ['--set', 'training.steps=2', '--set', 'training.batchSize=2']
    const own = ['--steps', '3']
    const done = await succeeded(
      'train',
      'toy:rings',
      '--dry-run',
      ...own,
      '--config',
      at('three.json'),
      ...set,
    )
    expect(JSON.parse(done.out)).toMatchObject({ seed: 1, training: { steps: 3, batchSize: 2 } })
  })
})
