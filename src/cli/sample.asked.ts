import { ScorefieldError } from '../base/index.ts'
import { conditionOf, equalParts } from '../data/node.ts'
import type { Runtime } from '../engine/index.ts'
import {
  type AskedRows,
  type GivenCell,
  guidedBy,
  type OpenedModel,
  openModel,
  rowsToTable,
} from '../run/node.ts'
import type { Guidance } from '../sampling/index.ts'
import type { CommonOptions } from './command.ts'
import type { DeviceOptions } from './options.ts'
import type { Terminal } from './terminal.ts'

/** What the command line of `sample` says. */
export interface SampleOptions extends CommonOptions, DeviceOptions {
  readonly count: number
  readonly output?: string
  readonly format?: string
  readonly where?: string | undefined
  readonly given?: readonly string[]
  readonly label?: string
  readonly givenMethod?: string
  readonly guidance?: number
  readonly guidanceInterval?: readonly [number, number]
  readonly guideRun?: string
  readonly guideStep?: number
  readonly ema?: number
  readonly seed?: number
  readonly first?: number
  readonly sampler?: string
  readonly grid?: string
  readonly gridOption?: Readonly<Record<string, number>>
  readonly steps?: number
  readonly samplerOption?: Readonly<Record<string, number>>
  readonly trajectories?: string | undefined
}

/** Weight of autoguidance unless told. */
const usualGuideWeight = 2

/** What --where, --given and --guidance ask for; undefined where nothing is. */
export async function askedRows(opened: OpenedModel, options: SampleOptions): Promise<AskedRows | undefined> {
  const { where, given: told = [], label } = options
  const guidance = guidanceTold(options)
  const given = label === undefined ? told : [...told, `label=${label}`]
  const own = opened.data.given
  if (guidance) requireConditions(opened)
  if (own && !own.usual && given.length === 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/given',
      message: `The run was trained with conditions beside its rows, and needs them: ${own.names.join(', ')}.`,
      where: '--given',
      hint: `Give each, such as --given ${own.names[0]}=VALUE.`,
    })
  const columns = rowsToTable(opened, new Float32Array(opened.fitted.dimension), 1)
  const named = given.map((one): GivenCell => {
    const equals = one.indexOf('=')
    return { name: one.slice(0, equals).trim(), text: one.slice(equals + 1).trim() }
  })
  const beside = named.filter(({ name }) => own?.names.includes(name))
  const conditions = given
    .filter((_, k) => !beside.includes(named[k]!))
    .map((one) => conditionOf(one, columns))
  if (guidance && given.length === 0 && where === undefined && !own?.usual)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/guidance',
      message: '--guidance draws rows that are more than typical of what is given, and nothing is given.',
      where: '--guidance',
      hint: 'Add --given column=value, or --guide-run with a worse run.',
    })
  if (where === undefined && given.length === 0) return undefined
  const all = [...(where === undefined ? [] : [`(${where})`]), ...conditions]
  const condition = all.length === 0 ? undefined : all.join(' and ')
  return withEqualities({ given: named, where, condition, columns, guidance }, opened)
}

/** Throws where a model knows of no condition that it could be guided to. */
function requireConditions({ data, run, description }: OpenedModel): void {
  if (data.given || (run.config.model.conditions ?? []).length > 0) return
  const isOfPictures = data.pictures !== undefined
  throw new ScorefieldError({
    kind: 'ability',
    code: 'usage/guidance',
    message: `--guidance draws what is more than typical of a condition, and this run of ${description.kind} was trained without ${isOfPictures ? 'labels' : 'conditions'}.`,
    where: '--guidance',
    hint: `A worse model guides any run: add --guide-step N, an earlier checkpoint of this one, or --guide-run RUN, one that was trained shorter. Or train ${isOfPictures ? 'on pictures with labels, a folder for each' : 'with --conditions'}.`,
  })
}

/** With the values that --where asks for among those given, where the run was trained to be given their columns. */
async function withEqualities(asked: AskedRows, { run, data }: OpenedModel): Promise<AskedRows> {
  const { where, columns } = asked
  const mayBeGiven = run.config.model.conditions ?? []
  if (where === undefined || data.given || mayBeGiven.length === 0) return asked
  const parts = (await equalParts(where, columns)).filter(
    ({ name }, k, found) =>
      mayBeGiven.includes(name) &&
      !asked.given.some((cell) => cell.name === name) &&
      found.findIndex((other) => other.name === name) === k,
  )
  return { ...asked, given: [...asked.given, ...parts] }
}

/** Classifier-free guidance that the command line tells of. */
export function guidanceTold(options: SampleOptions): Guidance | undefined {
  const { guidance: weight, guidanceInterval: interval } = options
  return weight === undefined || isByWorse(options) ? undefined : { weight, interval }
}

/** Whether a worse model guides: another run, or an earlier checkpoint. */
export function isByWorse({ guideRun, guideStep }: SampleOptions): boolean {
  return guideRun !== undefined || guideStep !== undefined
}

/** The opened model, guided by that of --guide-run or --guide-step where there is one. */
export async function guided(
  opened: OpenedModel,
  options: SampleOptions,
  runtime: Runtime,
  terminal: Terminal,
): Promise<OpenedModel> {
  const { guidance: weight = usualGuideWeight, guidanceInterval: interval, guideStep: step } = options
  if (!isByWorse(options)) return opened
  const guideRun = options.guideRun ?? opened.run.folder
  const other = await openModel(guideRun, { runtime, step })
  for (const warning of other.warnings) terminal.warn(warning.message)
  const of = ({ encoding }: OpenedModel): string =>
    encoding.columns.map(({ name, width, encoder }) => `${name} (${encoder}, ${width})`).join(', ')
  if (of(opened) !== of(other))
    throw new ScorefieldError({
      kind: 'usage',
      code: 'usage/guide-run',
      message: `${guideRun} cannot guide: it has the columns ${of(other)}; this run has ${of(opened)}.`,
      where: '--guide-run',
      hint: 'Take a run of the same data: one that was trained shorter, or with a smaller network.',
    })
  const guidance: Guidance = { weight, interval }
  return { ...opened, fitted: guidedBy(opened.fitted, other.fitted, guidance) }
}

/** The error of --first where rows are looked for. */
export function countsUnconditional(): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'usage/first',
    message:
      '--first counts rows that are drawn, and does not go with a search for rows that fulfil a condition.',
    hint: 'Draw more rows at once, or another --seed.',
  })
}
