import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { families } from '../../family/index.ts'
import { networks } from '../../nn/index.ts'
import { optimisers } from '../../training/index.ts'
import { someConfig } from '../testing/runs.ts'
import { completeConfig, mergeOptions, parseConfig, parseOptions, trainingConfigOf } from './config.ts'
import { defaultTraining } from './defaults.ts'
import { problemsOf, valueAt } from './problems.ts'
import { configJsonSchema, type RunOptions, runOptionsSchema, settings } from './schema.ts'
import { setAll, setByPath } from './set-by-path.ts'

const problem = (part: string): unknown =>
  expect.objectContaining({ kind: 'usage', code: 'config/invalid', message: expect.stringContaining(part) })

const facts = (dimension: number) => ({
  family: families[0]!,
  dimension,
  rows: 1000,
  heldOutRows: 10 * dimension,
  scale: { sigmaData: dimension, largestDistance: 9 },
  seed: 0,
})

describe('settings', () => {
  test('each has a description, and its default fits', () => {
    for (const { path, description, schema, default: usual } of settings) {
      expect(description, path).toMatch(/^[A-Z].*\.$/)
      if (usual !== undefined) expect(schema.safeParse(usual).success, path).toBe(true)
    }
    expect(new Set(settings.map(({ path }) => path)).size).toBe(settings.length)
  })

  test('what must be there has a default, or it is said how it is chosen', () => {
    const open = settings.filter((s) => s.default === undefined && s.chosen === undefined && !s.optional)
    expect(open.map(({ path }) => path)).toEqual([])
  })

  test('the constants are those of defaultTraining, and everything it says is a setting', () => {
    for (const dimension of [2, 50]) {
      const { seed: _, ...training } = defaultTraining(facts(dimension))
      for (const [name, value] of Object.entries(training)) {
        if (name === 'optimiserOptions' || name === 'objectiveOptions') continue
        const setting = settings.find(({ path }) => path === `training.${name}`)
        expect(setting, name).toBeDefined()
        if (setting!.default !== undefined) expect(setting!.default, name).toBe(value)
      }
    }
  })
})

test('few rows are seen less often by a family that learns by likelihood, and its weights decay', () => {
  const by = (name: string, rows: number) =>
    defaultTraining({ ...facts(12), rows, family: families.find((family) => family.name === name)! })
  const [flow, denoiser] = [by('spline-flow', 4000), by('denoiser', 4000)]
  expect(flow.steps).toBeLessThan(denoiser.steps)
  expect([flow, denoiser].map(({ optimiserOptions }) => optimiserOptions)).toEqual([{ weightDecay: 1 }, {}])
  for (const rows of [50_000, Number.POSITIVE_INFINITY]) {
    const { objective: _, ...many } = by('spline-flow', rows)
    expect(by('denoiser', rows)).toMatchObject(many)
  }
})

describe('completeConfig', () => {
  test('what a person says wins over what was chosen, and that over the constants', () => {
    const config = someConfig({ seed: 7, training: { steps: 11, clipNorm: 0 }, sampling: { steps: 9 } })
    expect(config).toMatchObject({
      version: 3,
      seed: 7,
      training: { steps: 11, batchSize: 512, clipNorm: 0, warmUpSteps: 100 },
      sampling: { sampler: 'heun', grid: 'karras', steps: 9 },
    })
    expect(config.training.optimiserOptions).toEqual(optimisers[0]!.defaults)
    expect(trainingConfigOf(config)).toEqual({ ...config.training, seed: 7 })
  })

  test('a whole configuration survives JSON', () => {
    const config = someConfig({ data: { sql: 'select 1', csv: { gaps: ['?'], header: false } } })
    expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
    expect(parseOptions(config)).toEqual(config)
  })

  test('a configuration of version 1 opens: its objective was a weighting, its family the denoiser', () => {
    const now = someConfig()
    const { family: _, ...model } = now.model
    const { frequencies: ___, ...size } = model.size
    const { objectiveOptions: __, weighting, ...training } = now.training
    const then = {
      ...now,
      version: 1,
      model: { ...model, size },
      training: { ...training, objective: weighting },
    }
    expect(parseConfig(then)).toEqual({ ...now, model: { ...now.model, size: { ...size, frequencies: 0 } } })
  })

  test('a configuration of version 2 opens: its denoiser saw no waves', () => {
    const now = someConfig()
    const { frequencies: _, ...size } = now.model.size
    const then = { ...now, version: 2, model: { ...now.model, size } }
    expect(parseConfig(then)).toEqual({ ...now, model: { ...now.model, size: { ...size, frequencies: 0 } } })
    const energy = { ...now, model: { ...now.model, family: 'noise-conditional-energy', size } }
    expect(parseConfig({ ...energy, version: 2 })).toEqual(energy)
  })

  test('what nobody says is missing, everything at once', () => {
    const incomplete = () => completeConfig({ given: {}, chosen: {} })
    for (const path of [
      'name',
      'data.kind',
      'data.source',
      'training.steps',
      'training.sigmaMax',
      'model.network',
    ])
      expect(incomplete).toThrow(problem(`${path} is missing.`))
  })

  test('data are named, and named once', () => {
    const { data: _, ...rest } = someConfig()
    expect(() => parseConfig({ ...rest, data: { kind: 'table' } })).toThrow(
      problem('data.source is missing.'),
    )
    expect(parseConfig({ ...rest, data: { kind: 'table', sql: 'select 1', rules: 'ignore' } }).data.sql).toBe(
      'select 1',
    )
    expect(() => someConfig({ data: { source: 'a.csv', sql: 'select 1' } })).toThrow(
      problem('data.sql is given, and data.source is "a.csv"; only one of them can name the data.'),
    )
  })

  test('all sizes of the network are needed', () => {
    const { model, ...rest } = someConfig()
    const { width: _, ...size } = model.size
    expect(() => parseConfig({ ...rest, model: { ...model, size } })).toThrow(
      problem('model.size.width is missing. It must be a whole number, 1 or more.'),
    )
  })

  test('merging keeps what only one says and replaces lists', () => {
    const under: RunOptions = { seed: 1, data: { csv: { gaps: ['a', 'b'], header: true } } }
    expect(mergeOptions(under, { data: { csv: { gaps: ['c'] } } })).toEqual({
      seed: 1,
      data: { csv: { gaps: ['c'], header: true } },
    })
  })
})

describe('parseOptions', () => {
  test('any part fits, also none', () => {
    for (const part of [{}, { seed: 3 }, { training: {} }, { model: { size: { width: 8 } } }])
      expect(parseOptions(part)).toEqual(part)
  })

  test.each<[unknown, string]>([
    [
      { training: { learningRat: 1 } },
      'training.learningRat is no setting. Did you mean training.learningRate?',
    ],
    [{ trainig: {} }, 'trainig is no setting. Did you mean training?'],
    [{ learningRate: 1 }, 'learningRate is no setting. Did you mean training.learningRate?'],
    [{ data: { csv: { delimeter: ';' } } }, 'Did you mean data.csv.delimiter?'],
    [{ zzz: 1 }, 'zzz is no setting.'],
    [JSON.parse('{"__proto__": 1}'), '__proto__ is no setting.'],
    [{ model: { size: { widht: 8 } } }, 'model.size.widht is no setting. Did you mean model.size.width?'],
    [{ training: { steps: 1.5 } }, 'training.steps is 1.5; it must be a whole number, 1 or more.'],
    [{ training: { steps: '9' } }, 'training.steps is "9"; it must be a whole number'],
    [{ training: { sigmaMin: 0 } }, 'training.sigmaMin is 0; it must be a number, above 0.'],
    [{ training: { learningRate: Number.NaN } }, 'training.learningRate is NaN'],
    [{ training: { learningRate: null } }, 'training.learningRate is null'],
    [{ training: { weighting: 'emd' } }, 'training.weighting is "emd"; it must be one of edm, '],
    [{ training: { weighting: 'emd' } }, 'Did you mean edm?'],
    [{ training: 3 }, 'training is 3; it must be an object of settings.'],
    [[], 'The configuration is []; it must be an object of settings.'],
    [{ version: 0 }, 'version is 0; it must be 3.'],
    [{ seed: -1 }, 'seed is -1; it must be a whole number, 0 or more.'],
    [{ seed: 2 ** 53 }, 'seed is 9007199254740992'],
    [{ data: { csv: { header: 'yes' } } }, 'data.csv.header is "yes"; it must be true or false.'],
    [{ data: { csv: { gaps: ['a', 1] } } }, 'data.csv.gaps is ["a",1]; it must be a list of texts.'],
    [{ name: '' }, 'name is ""; it must be text, not empty.'],
    [
      { training: { sigmaMin: 2, sigmaMax: 1 } },
      'training.sigmaMin is 2; it must be below training.sigmaMax',
    ],
  ])('%j', (value, message) => {
    expect(() => parseOptions(value)).toThrow(problem(message))
  })

  test('all problems are told at once, with the file', () => {
    const value = { seed: -1, training: { steps: 0, x: 1 } }
    expect(() => parseOptions(value, 'my.json')).toThrow(
      expect.objectContaining({
        where: 'my.json',
        message: expect.stringMatching(/^The configuration has 3 problems:\n- seed .*\n- .*\n- .*$/),
      }),
    )
    expect(problemsOf(runOptionsSchema, value).map(({ path, code }) => [path, code])).toEqual([
      ['seed', 'value'],
      ['training.steps', 'value'],
      ['training.x', 'unknown-key'],
    ])
  })

  test('a later version is refused by its number, whatever else is in it', () => {
    for (const read of [parseOptions, parseConfig])
      expect(() => read({ version: 4, unheard: true })).toThrow(
        expect.objectContaining({ kind: 'usage', code: 'config/newer-version' }),
      )
  })
})

describe('setByPath', () => {
  test.each<[string, string, unknown]>([
    ['training.learningRate', '1e-3', 1e-3],
    ['training.learningRate', ' .5 ', 0.5],
    ['training.steps', '2e3', 2000],
    ['seed', '0', 0],
    ['name', 'a = b', 'a = b'],
    ['name', '12', '12'],
    ['training.weighting', 'min-snr', 'min-snr'],
    ['data.csv.header', 'false', false],
    ['data.csv.gaps', 'NA,?', ['NA', '?']],
    ['data.csv.gaps', '["a,b", ""]', ['a,b', '']],
    ['data.csv.gaps', '', []],
    ['model.size.width', '16', 16],
    ['training.optimiserOptions.weightDecay', '0.01', 0.01],
  ])('%s=%s', (path, text, value) => {
    const before: RunOptions = { training: { batchSize: 3 }, sampling: { steps: 4 } }
    const after = setByPath(before, path, text)
    expect(valueAt(after, path.split('.'))).toEqual(value)
    expect(after).toMatchObject({ training: { batchSize: 3 }, sampling: { steps: 4 } })
    expect(before).toEqual({ training: { batchSize: 3 }, sampling: { steps: 4 } })
  })

  test.each([
    ['training.learningRate', 'fast', 'training.learningRate is "fast"; it must be a number, above 0.'],
    ['training.learningRate', '', 'training.learningRate is ""'],
    ['training.learningRate', '0x10', 'training.learningRate is "0x10"'],
    ['training.learningRate', 'Infinity', 'training.learningRate is "Infinity"'],
    ['training.learningRate', '1e999', 'training.learningRate is "1e999"'],
    ['training.steps', '1.5', 'training.steps is "1.5"; it must be a whole number, 1 or more.'],
    ['training.weighting', 'EDM2', 'Did you mean edm?'],
    ['data.csv.header', 'yes', 'it must be true or false.'],
    ['data.csv.gaps', '[1', 'it must be a list of texts.'],
    ['training.stepz', '1', 'training.stepz is no setting. Did you mean training.steps?'],
    ['batchSize', '1', 'Did you mean training.batchSize?'],
    [
      'sampling',
      '1',
      'sampling is a section; its settings are sampling.sampler, sampling.grid, sampling.gridOptions.first, sampling.gridOptions.last, sampling.gridOptions.rho, sampling.steps, sampling.samplerOptions.',
    ],
    ['__proto__.polluted', '1', '__proto__.polluted is no setting.'],
    ['version', '1', 'version is no setting.'],
  ])('%s=%s is refused', (path, text, message) => {
    expect(() => setByPath({}, path, text)).toThrow(problem(message))
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('names that are nothing alike are not suggested, however long their section', () => {
    for (const path of ['training.foo', 'training.qqq', 'sampling.grip.x', 'zz'])
      expect(() => setByPath({}, path, '1')).toThrow(/is no setting\.$/)
  })

  test('several at once, and all their problems', () => {
    expect(setAll({}, ['seed=1', 'sampling.steps=5', 'seed=2'])).toEqual({ seed: 2, sampling: { steps: 5 } })
    expect(() => setAll({}, ['seed', 'nam=x', 'training.steps=0'])).toThrow(
      problem('seed is given no value; write seed=VALUE'),
    )
    expect(() => setAll({}, ['seed', 'nam=x', 'training.steps=0'])).toThrow(problem('has 3 problems'))
  })

  test('what is set by text is what a file would say', () => {
    const numbers = settings.filter(({ type }) => type === 'number' || type === 'whole')
    fc.assert(
      fc.property(fc.constantFrom(...numbers), fc.double({ noNaN: true }), fc.nat(), (setting, real, n) => {
        // + 0: text has no −0.
        const value = setting.type === 'whole' ? n : real + 0
        const nested = setting.path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
        const byFile = problemsOf(runOptionsSchema, nested).length === 0
        const set = () => setByPath({}, setting.path, String(value))
        if (byFile) expect(set()).toEqual(nested)
        else expect(set).toThrow(problem(setting.path))
      }),
    )
  })
})

describe('configJsonSchema', () => {
  const schema = configJsonSchema() as {
    $schema: string
    properties: Record<string, { properties: Record<string, Record<string, unknown>> }>
  }

  test('says of a setting what help says, requires nothing and allows nothing unknown', () => {
    expect(schema.$schema).toContain('draft-07')
    expect(schema.properties['training']!.properties['warmUpSteps']).toMatchObject({
      type: 'integer',
      minimum: 0,
      default: 100,
      unit: 'steps',
      description: 'Steps in which the learning rate rises to its peak.',
    })
    expect(schema.properties['model']!.properties['network']!['enum']).toEqual(
      networks.map(({ name }) => name),
    )
    const text = JSON.stringify(schema)
    expect(text).not.toContain('"required"')
    const count = (part: string): number => text.split(part).length - 1
    // A record of any names, as data.columns is, says what its names may be; a family of one's own has sizes of its own.
    const open = count('"propertyNames"') + count('"additionalProperties":{"type":"number"}')
    expect(open).toBe(2)
    expect(count('"additionalProperties":false') + open).toBe(count('"type":"object"'))
  })

  test('is the committed file; UPDATE_SCHEMA=1 writes it anew', () => {
    const file = fileURLToPath(new URL('../../../scorefield.schema.json', import.meta.url))
    if (process.env['UPDATE_SCHEMA']) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema)
  })

  test('a file may say where the schema lies', () => {
    expect(parseOptions({ $schema: './scorefield.schema.json', seed: 3 })).toEqual({ seed: 3 })
  })

  test('has every setting', () => {
    for (const { path } of settings) {
      const steps = path.split('.').flatMap((key) => ['properties', key])
      expect(valueAt(schema, steps), path).toBeDefined()
    }
  })
})
