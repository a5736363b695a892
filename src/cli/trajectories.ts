import { nodeDocument, trajectories, writePicture } from '../report/node.ts'
import { type OpenedModel, openSplit, trajectoriesOf } from '../run/node.ts'

/** Paths of one picture, at most: more hide each other. */
const mostPaths = 48
/** Data drawn beneath, at most. */
const mostRows = 2000

/** How rows are drawn, as the sampler takes it. */
type Drawing = Parameters<typeof trajectoriesOf>[1]

/** Draws the paths of the first rows of a drawing, over the data, in the model's coordinates. */
export async function drawTrajectories(opened: OpenedModel, file: string, drawing: Drawing): Promise<void> {
  const { encoding, fitted, run } = opened
  const count = Math.min(mostPaths, drawing.count)
  const paths = await trajectoriesOf(fitted, { ...drawing, count })
  const { name } = fitted.samplingMethod(drawing.sampler)
  const { table, training, dispose } = await openSplit(opened)
  await dispose()
  const rows = encoding.encodableRows(table, training).slice(0, mostRows)
  const label = (k: 0 | 1): string => {
    const column = encoding.columns.filter(({ width }) => width > 0)[k]?.name ?? `x${k + 1}`
    return encoding.isIdentity ? column : `${column}, encoded`
  }
  const svg = trajectories({
    paths: [{ name, ...paths }],
    sigmaData: fitted.range.sigmaData,
    data: encoding.encode(table, { rowIndices: rows }),
    labels: [label(0), label(1)],
    title: `${run.name}: from noise to data`,
    document: await nodeDocument(),
  })
  writePicture(file, svg)
}
