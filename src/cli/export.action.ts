import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ScorefieldError } from '../base/index.ts'
import {
  denoiserToOnnx,
  encodeSafetensors,
  type OnnxExport,
  samplerToOnnx,
  scoreToOnnx,
} from '../files/index.ts'
import { modelCard } from '../report/index.ts'
import {
  cannotWrite,
  drawingOf,
  type OpenedModel,
  openModel,
  type RunEvaluation,
  replaceFile,
  reportDataOf,
} from '../run/node.ts'
import { samplerByName } from '../sampling/index.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { Terminal } from './terminal.ts'

export type ExportKind = 'sampler' | 'denoiser' | 'score' | 'weights' | 'card'

/** What the command line of `export` says. */
export interface ExportOptions extends CommonOptions {
  readonly output: string
  readonly what?: ExportKind
  readonly rows: number
  readonly sampler?: string
  readonly grid?: string
  readonly steps?: number
  readonly samplerOption?: Readonly<Record<string, number>>
  readonly walk?: boolean
  readonly guidance?: boolean
}

/** Writes a part of a run as a file that others can use. */
export async function runExport(
  folder: string,
  options: ExportOptions,
  context: CommandContext,
): Promise<void> {
  const terminal = new Terminal(options, context)
  const what = options.what ?? kindOf(options.output)
  await requireFolder(options.output)
  requireSampler(what, options)
  const opened = await openModel(folder)
  for (const { message } of opened.warnings) terminal.warn(message)
  const { bytes, inputs = [], outputs = [] } = await exported(what, opened, options)
  await replaceFile(options.output, bytes).catch((error) => {
    throw cannotWrite(options.output, error)
  })
  terminal.say(`Wrote the ${what} of ${opened.run.name} to ${options.output} (${size(bytes.length)}).`)
  for (const [direction, ports] of [
    ['takes', inputs],
    ['gives', outputs],
  ] as const)
    for (const { name, shape, meaning } of ports)
      terminal.say(`  ${direction} ${name} [${shape.join(', ')}] float32: ${meaning}`)
  terminal.event({ type: 'done', what, output: options.output, bytes: bytes.length, inputs, outputs })
  await opened.fitted.dispose()
}

type Exported = { readonly bytes: Uint8Array } & Partial<Pick<OnnxExport, 'inputs' | 'outputs'>>

async function exported(what: ExportKind, opened: OpenedModel, options: ExportOptions): Promise<Exported> {
  const { fitted, run } = opened
  const metadata = metadataOf(opened)
  const common = { fitted: fitted.denoiser, rows: options.rows, metadata: { ...metadata, kind: what } }
  switch (what) {
    case 'denoiser':
      return denoiserToOnnx(common)
    case 'score':
      return scoreToOnnx(common)
    case 'sampler': {
      const { guidance: asksWeight, samplerOption, ...told } = options
      const drawing = drawingOf(run.config.sampling, { ...told, samplerOptions: samplerOption })
      const { grid, gridOptions, steps, samplerOptions = {} } = drawing
      const levels = fitted.levels({ grid, gridOptions, steps })
      const sampler = samplerByName(drawing.sampler).withOptions(samplerOptions)
      if (asksWeight) requireUnconditional(opened)
      return samplerToOnnx({
        ...common,
        // The run's own guidance is part of the walk, unless each row brings its weight.
        fitted: asksWeight ? fitted.denoiser : fitted.guided(drawing.guidance).denoiser,
        metadata: {
          ...common.metadata,
          guidance: String(drawing.guidance?.weight ?? 1),
          sampler: sampler.name,
          samplerOptions: JSON.stringify(samplerOptions),
          grid,
          steps: String(steps),
          levels: JSON.stringify(Array.from(levels)),
        },
        ...{ guided: asksWeight, walk: options.walk },
        sampler,
        levels,
        start: fitted.startAt(levels[0]!),
      })
    }
    case 'weights': {
      const { parameters } = fitted.model
      const tensors = Object.fromEntries(
        Object.entries(parameters).map(([name, { shape }]) => [
          name,
          { shape, data: fitted.values[name] as Float32Array },
        ]),
      )
      return { bytes: encodeSafetensors(tensors, metadata) }
    }
    case 'card':
      return { bytes: new TextEncoder().encode(modelCard(await cardData(opened))) }
  }
}

/** What a file says of its model: enough to decode its rows. */
function metadataOf({ run, data, encoding, columns, weights, fitted }: OpenedModel): Record<string, string> {
  const { sigmaMin, sigmaMax, sigmaData } = fitted.range
  return {
    run: run.name,
    weights: `${weights.kind} of step ${weights.step}`,
    columns: JSON.stringify(columns),
    range: JSON.stringify({ sigmaMin, sigmaMax, sigmaData, start: fitted.start }),
    model: JSON.stringify(run.config.model),
    ...(encoding.isIdentity ? {} : { encoding: JSON.stringify(encoding) }),
    ...(data.pictures ? { pictures: data.pictures().inWords } : {}),
  }
}

async function cardData(opened: OpenedModel): ReturnType<typeof reportDataOf> {
  const { run } = opened
  const text = await readFile(join(run.folder, 'evaluation.json'), 'utf8').catch((cause) => {
    throw new ScorefieldError({
      kind: 'ability',
      code: 'export/not-evaluated',
      message: `${run.name} has not been evaluated, and a model card says how good a model is.`,
      where: run.folder,
      hint: `First: scorefield evaluate ${run.folder}`,
      cause,
    })
  })
  return reportDataOf(opened, { evaluation: JSON.parse(text) as RunEvaluation })
}

function kindOf(path: string): ExportKind {
  const name = path.toLowerCase()
  if (name.endsWith('.onnx')) return 'sampler'
  if (name.endsWith('.safetensors')) return 'weights'
  if (name.endsWith('.md')) return 'card'
  throw new ScorefieldError({
    kind: 'usage',
    code: 'export/unknown-format',
    message: `${path} does not say what to export.`,
    where: path,
    hint: 'End the name in .onnx, .safetensors or .md; rows are written by scorefield sample -o rows.parquet.',
  })
}

/** Throws where what a sampler alone has is asked of another file. */
function requireSampler(what: ExportKind, { walk, guidance }: ExportOptions): void {
  if (what === 'sampler' || !(walk || guidance)) return
  const option = walk ? '--walk' : '--guidance'
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/export',
    message: `${option} is of a sampler, and --what is ${what}.`,
    where: option,
    hint: 'Leave it out, or export the sampler.',
  })
}

/** Throws unless the model draws with and without its conditions, so that the difference can guide. */
function requireUnconditional({ run, data }: OpenedModel): void {
  if (data.given?.usual) return
  throw new ScorefieldError({
    kind: 'ability',
    code: 'family/cannot',
    message: `${run.name} cannot be guided in a file: it did not learn to draw with and without labels.`,
    where: '--guidance',
    hint: 'Leave --guidance out; pictures with labels are learned so.',
  })
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(dirname(path)).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'usage/no-such-folder',
    message: `${path} cannot be written: there is no folder ${dirname(path)}.`,
    where: path,
    hint: 'Make the folder first, or write somewhere else.',
  })
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
