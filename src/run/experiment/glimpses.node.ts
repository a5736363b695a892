import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Table } from '../../data/index.ts'
import type { Named, Runtime } from '../../engine/index.ts'
import { dataOf } from '../data/kinds.node.ts'
import { tableSheet } from '../data/pictures-output.node.ts'
import { replaceFile } from '../folder/durable.node.ts'
import type { Run } from '../folder/folder.node.ts'
import { FittedModel } from './fitted-model.ts'
import { type OpenedModel, rowsToTable } from './open-model.node.ts'
import type { RunPlan } from './plan.ts'

/** Seconds of a training after which a first sheet is drawn. */
const firstSeconds = 10
/** Pictures of a sheet that is drawn as a training goes, and steps that each takes: enough to see what comes. */
const glimpsePictures = 25
const glimpseSteps = 8
/** A sheet may take this share of the time until the next. */
const shareOfTime = 0.1
/** Pictures of the sheets at the end. */
const lastPictures = 64

/** Sheets of samples that are drawn while a run trains. */
export interface Glimpses {
  /** Whether one is due, after so many seconds of training: the next when twice the time has passed. */
  readonly due: (secondsElapsed: number) => boolean
  /** Draws one with these weights, into the run's folder; gives its path there. The same seed each time, so they compare. */
  readonly draw: (given: {
    readonly weights: Named<ArrayLike<number>>
    readonly step: number
    readonly seconds: number
  }) => Promise<string>
}

/** Sheets for a run whose rows are pictures; undefined for any other. */
export function glimpsesOf(
  { config, prepared, model }: RunPlan,
  run: Run,
  runtime: Runtime | undefined,
): Glimpses | undefined {
  const { encoding, description } = prepared
  const data = dataOf(description)
  if (!data.pictures) return undefined
  let next = firstSeconds
  return {
    due: (seconds) => seconds >= next,
    draw: async ({ weights, step, seconds }) => {
      const started = performance.now()
      const { sigmaMin, sigmaMax, sigmaData } = config.training
      const fitted = new FittedModel({
        ...{ model, family: config.model.family, values: weights, runtime },
        range: { sigmaMin, sigmaMax, sigmaData },
        moments: description.moments,
        usualConditions: data.given?.usual,
      })
      const steps = Math.min(glimpseSteps, config.sampling.steps)
      const rows = await fitted.sample({
        ...config.sampling,
        steps,
        count: glimpsePictures,
        seed: config.seed,
      })
      await fitted.dispose()
      const file = `samples/step-${String(step).padStart(9, '0')}.png`
      await writeSheet(run.folder, file, encoding.decode(rows, glimpsePictures, { seed: config.seed }))
      const took = (performance.now() - started) / 1000
      next = Math.max(2 * seconds, seconds + took + took / shareOfTime)
      return file
    },
  }
}

/** Draws the sheets of a run of pictures into its folder, samples and data; undefined for any other run. */
export async function drawSheets(
  opened: OpenedModel,
  data: (count: number) => Promise<Table>,
): Promise<readonly string[] | undefined> {
  const { run, fitted } = opened
  if (!opened.data.pictures) return undefined
  const rows = await fitted.sample({ ...run.config.sampling, count: lastPictures, seed: run.config.seed })
  const made = rowsToTable(opened, rows, lastPictures, { seed: run.config.seed })
  await writeSheet(run.folder, 'samples/samples.png', made)
  await writeSheet(run.folder, 'samples/data.png', await data(lastPictures))
  return ['samples/samples.png', 'samples/data.png']
}

async function writeSheet(folder: string, file: string, table: Table): Promise<void> {
  await mkdir(join(folder, 'samples'), { recursive: true })
  await replaceFile(join(folder, file), tableSheet(table))
}
