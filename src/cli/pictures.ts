import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Column, type Table, takeRows } from '../data/index.ts'
import type { Runtime } from '../engine/index.ts'
import { smoothed, turningPointOf, turningText } from '../report/index.ts'
import {
  curves,
  fieldPlot,
  lossByNoiseLevel,
  nodeDocument,
  type PictureColumn,
  pairPlot,
  pictureRows,
  scatterPlot,
  writePicture,
} from '../report/node.ts'
import {
  drawSheets,
  modelPlane,
  type OpenedModel,
  openModel,
  openSplit,
  readEvents,
  rowsToTable,
} from '../run/node.ts'

/** Rows drawn for a picture. */
const drawnRows = 1000

/** What was drawn: paths within the run's folder, and the seconds spent inside the runtime. */
export interface Drawn {
  readonly files: readonly string[]
  readonly secondsInRuntime: number
}

/** Draws a run's pictures into its folder. */
export async function drawRun(folder: string, runtime: Runtime): Promise<Drawn> {
  const opened = await openModel(folder, { runtime })
  const sheets = await drawSheets(opened, async (count) => {
    const data = await dataRows(opened)
    return takeRows(
      data,
      Int32Array.from({ length: Math.min(count, data.rowCount) }, (_, row) => row),
    )
  })
  const document = await nodeDocument()
  await mkdir(join(folder, 'samples'), { recursive: true })
  const field = sheets ? undefined : await drawField(opened, document)
  const pictures: Record<string, string> = {
    ...(sheets ? {} : { 'samples/samples.png': await drawSamples(opened, document) }),
    ...(field === undefined ? {} : { 'samples/density-and-score.png': field }),
    ...(await drawTraining(folder, document)),
  }
  for (const [name, svg] of Object.entries(pictures)) writePicture(join(folder, name), svg)
  const secondsInRuntime = opened.fitted.secondsInside
  await opened.fitted.dispose()
  return { files: [...(sheets ?? []), ...Object.keys(pictures)], secondsInRuntime }
}

/** Samples beside data: a scatter for two columns, a pair plot for more. Beside points of the plane, with `field`, density and score. */
export async function drawSamples(
  opened: OpenedModel,
  document: Document,
  { field = false }: { readonly field?: boolean } = {},
): Promise<string> {
  const { sampling, seed } = opened.run.config
  const rows = await opened.fitted.sample({ ...sampling, count: drawnRows, seed })
  const made = rowsToTable(opened, rows, drawnRows)
  const real = await dataRows(opened)
  const names = shownNames(opened, made)
  const { columns, data, samples } = pictureRows(real, made, names)
  const title = `${opened.run.name}: data and samples`
  if (columns.length === 2 && columns.every(({ words }) => words === undefined)) {
    const [x, y] = columns as [PictureColumn, PictureColumn]
    const plane = field ? await modelPlane(opened, real) : undefined
    return scatterPlot({
      data,
      samples,
      labels: [x.name, y.name],
      calendars: [x.calendar, y.calendar],
      title,
      document,
      ...(plane ? { field: plane } : {}),
    })
  }
  return pairPlot({ columns, data, samples, title, document })
}

/** The columns that a picture can say something of: those that the model gives, and that are not the same in every row. */
function shownNames({ encoding }: OpenedModel, made: Table): string[] {
  const known = new Map(encoding.columns.map((column) => [column.name, column]))
  const varies = ({ values }: Column): boolean =>
    new Set<unknown>((values as readonly unknown[]).filter((value) => value !== null && !Number.isNaN(value)))
      .size > 1
  const given = made.columns.filter(({ name }) => {
    const column = known.get(name)
    return column === undefined || column.width > 0 || column.computed === true
  })
  const varied = given.filter(varies)
  return (varied.length > 0 ? varied : given.length > 0 ? given : made.columns).map(({ name }) => name)
}

/** Density beside score of a model of two columns of numbers, as a picture; undefined for other models. */
async function drawField(opened: OpenedModel, document: Document): Promise<string | undefined> {
  const plane = await modelPlane(opened, await dataRows(opened))
  if (!plane) return undefined
  const [x, y] = plane.columns
  const notes = [
    plane.logDensity || opened.fitted.model.can.logDensity
      ? ''
      : `The family ${opened.fitted.family} has a score and no density.`,
    plane.isBound ? 'The density is a lower bound.' : '',
    plane.score && !opened.encoding.isIdentity
      ? 'Columns are encoded to the model; its arrows are carried back to the units of the data.'
      : '',
  ]
  return fieldPlot({
    field: plane,
    labels: [x.name, y.name],
    calendars: [x.calendar, y.calendar],
    title: `${opened.run.name}: what the model believes`,
    notes,
    document,
  })
}

async function dataRows(opened: OpenedModel): Promise<Table> {
  const { table, training, dispose } = await openSplit(opened)
  await dispose()
  return takeRows(table, training)
}

/** The loss by step and by noise level, from metrics.jsonl. */
async function drawTraining(folder: string, document: Document): Promise<Record<string, string>> {
  const events = await readEvents({ folder })
  const steps = events.filter(({ type }) => type === 'step')
  const evaluations = events.filter(({ type }) => type === 'evaluation')
  if (steps.length < 2) return {}
  const x = steps.map((event) => event['step'] as number)
  const loss = steps.map((event) => event['loss'] as number)
  const heldOut = evaluations.filter((event) => event['heldOutLoss'] !== null)
  const series = [
    { name: 'training', x, y: loss, faint: true },
    { name: 'training', x, y: smoothed(loss) },
    ...(heldOut.length > 0
      ? [
          {
            name: 'held out, averaged weights',
            x: heldOut.map((event) => event['step'] as number),
            y: heldOut.map((event) => event['heldOutLoss'] as number),
            dots: true,
          },
        ]
      : []),
  ]
  const turned = turningPointOf({
    step: heldOut.map((event) => event['step'] as number),
    loss: heldOut.map((event) => event['heldOutLoss'] as number),
    standardError: heldOut.map((event) => event['heldOutStandardError'] as number | null),
  })
  const marked = turned
    ? [
        {
          x: turned.step,
          text: `best: step ${turned.step.toLocaleString('en-US')}`,
          sentence: `Held-out loss: ${turningText(turned)}.`,
        },
      ]
    : []
  const last = evaluations.at(-1)?.['lossByNoiseLevel'] as
    | { sigma: number[]; loss: (number | null)[]; count: number[] }
    | undefined
  return {
    'samples/loss.png': curves({
      series,
      xLabel: 'step',
      yLabel: 'weighted loss',
      title: 'Loss',
      marked,
      document,
    }),
    ...(last
      ? {
          'samples/loss-by-noise-level.png': lossByNoiseLevel({
            sigma: last.sigma,
            loss: last.loss.map((value) => value ?? Number.NaN),
            count: last.count,
            title: 'Loss by noise level',
            document,
          }),
        }
      : {}),
  }
}
