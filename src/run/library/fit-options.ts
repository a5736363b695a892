import { didYouMean } from '../../base/index.ts'
import type { ColumnWish, GapsWish, SplitShares } from '../../data/index.ts'
import type { Runtime } from '../../engine/index.ts'
import { type Family, families, type ModelSize } from '../../family/index.ts'
import type { Network } from '../../nn/index.ts'
import type { TrainingConfig, TrainingEvent } from '../../training/index.ts'
import { parseOptions } from '../config/config.ts'
import { type ConfigProblem, invalidConfig, isRecord, problemsOf } from '../config/problems.ts'
import { type RunOptions, runOptionsSchema, settings } from '../config/schema.ts'
import { isModulePath, ownName } from '../config/setting.ts'
import type { ConditionValues } from '../data/condition-encoding.ts'
import type { RulesWish } from '../data/rules-of-data.ts'
import { everyColumn } from '../experiment/partly-known.ts'
import type { ModelRecords } from '../experiment/plan.ts'
import { familyProblem } from '../experiment/tried-family.ts'
import { has, isSignal } from './draw-options.ts'
import type { LearnedModel } from './learned-model.ts'

/** What `fit`, `fitTable` and `fitPictures` have in common. All that is left out is chosen from the data, as the command line chooses it. */
export interface TrainingOptions extends Partial<TrainingConfig> {
  /** Name in `families`, the first unless given; or a record of one's own. */
  readonly family?: string | Family | undefined
  /** Name in `networks`, for families that take a free network; or a record of one's own. */
  readonly network?: string | Network | undefined
  /** What differs from the family's own sizes. */
  readonly size?: ModelSize
  /** All columns in the order in which they are modelled, of families that go column after column. */
  readonly columnOrder?: readonly string[]
  /** Which rows are kept out of learning; see `SplitShares`. */
  readonly split?: Partial<SplitShares> & { readonly seed?: number }
  /** What the model is called, in messages and where it is saved. */
  readonly name?: string
  /** A model whose weights training starts from: a warm start, on these rows. Its columns and its scaling hold. */
  readonly from?: LearnedModel | undefined
  /** A model whose training goes on, on the rows that it was trained on, up to `steps` in all. */
  readonly resume?: LearnedModel | undefined
  readonly runtime?: Runtime | undefined
  /** Stops the training; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Ends the training before its last step; the promise gives the model as it is then. */
  readonly finish?: AbortSignal | undefined
  /** Hears every event of the training. */
  readonly onEvent?: ((event: TrainingEvent) => void) | undefined
}

/** How `fit` trains. */
export interface FitOptions extends TrainingOptions {
  /** Whether each column is brought to mean 0 and deviation 1; unless told, rows are, and draws of a density are not. */
  readonly scale?: boolean
  /** What the rows are conditioned on, by name: for each row a number, a word, or several numbers. */
  readonly conditions?: Readonly<Record<string, ConditionValues>>
}

/** How `fitTable` trains. */
export interface FitTableOptions extends TrainingOptions {
  /** What is wished of columns, by name, where their values shall not decide. */
  readonly columns?: Readonly<Record<string, ColumnWish>>
  /** Which rules that hold in every row are kept in samples. */
  readonly rules?: RulesWish
  /** Words that fewer rows have do not come out; 2 unless given. */
  readonly leastRowsPerWord?: number
  /** What a gap is: a value of its own, which comes out (unless given), or a cell that nobody knows, and no row that comes out has. */
  readonly gaps?: GapsWish
  /** Names of the columns that may be given when rows are drawn (`sample({ given })`), or 'all'; none unless given. */
  readonly conditions?: readonly string[] | 'all'
}

/** How `fitPictures` trains. */
export interface FitPicturesOptions extends Omit<TrainingOptions, 'columnOrder'> {
  /** Whether every second example is mirrored, left to right: what is learned is then pictures either way round. */
  readonly flip?: boolean
}

/** Options, checked: what is a setting, and what only a program can say. */
export interface ToldOptions {
  readonly given: RunOptions
  readonly records: ModelRecords
}

/** The part of a configuration that an option is of; an option that is not here is a setting of training. */
const sections: Readonly<Record<string, 'model' | 'data' | 'run'>> = {
  ...{ family: 'model', network: 'model', size: 'model', columnOrder: 'model' },
  ...{ split: 'data', columns: 'data', rules: 'data', leastRowsPerWord: 'data' },
  gaps: 'data',
  ...{ seed: 'run', name: 'run' },
}

/** What is no setting: each with what it must be. */
const others: Readonly<
  Record<string, { readonly expected: string; readonly fits: (value: unknown) => boolean }>
> = {
  runtime: { expected: 'a runtime, such as nodeCpu()', fits: (value) => has(value, 'load') },
  signal: { expected: 'an AbortSignal', fits: isSignal },
  finish: { expected: 'an AbortSignal', fits: isSignal },
  onEvent: { expected: 'a function', fits: (value) => typeof value === 'function' },
  scale: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  flip: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  conditions: { expected: 'an object of arrays, by the names of the conditions', fits: isRecord },
  from: { expected: 'a model that fit, fitTable or load gave', fits: (value) => has(value, 'fitted') },
  resume: { expected: 'a model that fit, fitTable or load gave', fits: (value) => has(value, 'fitted') },
}

/** What trains. */
type Fitting = 'fit' | 'fitTable' | 'fitPictures'

/** Options that not all of them take, and those that do. */
const takenBy: Readonly<Record<string, readonly Fitting[]>> = {
  scale: ['fit'],
  conditions: ['fit', 'fitTable'],
  columnOrder: ['fit', 'fitTable'],
  ...{ columns: ['fitTable'], rules: ['fitTable'], leastRowsPerWord: ['fitTable'], gaps: ['fitTable'] },
  flip: ['fitPictures'],
}

/**
 * The options of `fit`, `fitTable` or `fitPictures`, checked by the schema of the command line's configuration.
 * @throws ScorefieldError `config/invalid`, which tells all problems at once.
 */
export function checkedOptions(
  of: Fitting,
  options: TrainingOptions | FitOptions | FitTableOptions | FitPicturesOptions,
): ToldOptions {
  const where = `options of ${of}`
  if (!isRecord(options))
    throw invalidConfig([problem('options', `The options of ${of} must be an object.`)], where)
  const known = knownOptions().filter((name) => (takenBy[name] ?? [of]).includes(of))
  const problems: ConfigProblem[] = []
  const nested: {
    model: Record<string, unknown>
    data: Record<string, unknown>
    training: Record<string, unknown>
  } = { model: {}, data: {}, training: {} }
  const run: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (!known.includes(name)) {
      const taken = takenBy[name]
      const hint = taken ? ` It is one of ${taken.join(' and ')}.` : didYouMean(name, known)
      problems.push(problem(name, `${name} is no option of ${of}.${hint}`))
    } else if (of === 'fitTable' && name === 'conditions') {
      nested.model[name] = value === everyColumn ? [everyColumn] : value
    } else if (others[name]) {
      if (!others[name].fits(value)) problems.push(problem(name, `${name} must be ${others[name].expected}.`))
    } else if (sections[name] === 'run') run[name] = value
    else nested[(sections[name] as 'model' | 'data' | undefined) ?? 'training'][name] = value
  }
  const family = familyOf(nested.model, problems)
  const network = networkOf(nested.model, problems)
  const given = { ...run, ...nested } as RunOptions
  problems.push(...problemsOf(runOptionsSchema, given).map(asOption))
  if (problems.length > 0) throw invalidConfig(problems, where)
  return { given: parseOptions(given, where), records: { family: family!, network } }
}

/** Every option that there is. */
function knownOptions(): string[] {
  const training = settings.flatMap(({ path }) => {
    const [section, name] = path.split('.')
    return section === 'training' ? [name!] : []
  })
  return [...new Set([...training, ...Object.keys(sections), ...Object.keys(others)])]
}

/** The family named or given; a record is named in the configuration, and its name says so. */
function familyOf(model: Record<string, unknown>, problems: ConfigProblem[]): Family | undefined {
  const given = model['family']
  if (given === undefined) return families[0]!
  // A name that there is not is one of the schema's problems.
  if (typeof given === 'string') {
    if (isModulePath(given)) {
      delete model['family']
      problems.push(
        problem('family', 'family is the path of a module; import it, and give the record that it exports.'),
      )
    }
    return families.find(({ name }) => name === given)
  }
  const wrong = familyProblem(given)
  if (wrong === undefined) {
    model['family'] = ownName((given as Family).name)
    return given as Family
  }
  delete model['family']
  problems.push(problem('family', `family is no record of a family: ${wrong}.`))
  return undefined
}

function networkOf(model: Record<string, unknown>, problems: ConfigProblem[]): Network | undefined {
  const given = model['network']
  if (given === undefined || typeof given === 'string') return undefined
  const { name, ...functions } = (given ?? {}) as Partial<Network>
  const needs = ['takes', 'build', 'defaultSize'] as const
  if (typeof name === 'string' && needs.every((part) => typeof functions[part] === 'function')) {
    model['network'] = ownName(name)
    return given as Network
  }
  delete model['network']
  problems.push(
    problem('network', 'network is no record of a network: it needs a name, takes, build and defaultSize.'),
  )
  return undefined
}

/** A problem of a configuration, as one of the flat options. */
function asOption(found: ConfigProblem): ConfigProblem {
  const path = found.path.replace(/^(training|model|data)\./, '')
  return {
    ...found,
    path,
    message: found.message.replaceAll(/\b(?:training|model|data)\.(?=\w)/g, ''),
  }
}

function problem(path: string, message: string): ConfigProblem {
  return { path, code: 'value', message }
}
