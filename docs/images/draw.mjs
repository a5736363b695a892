// Draws the pair plot of a table's run, data beside samples, small enough for a page:
//   npm run build && node docs/images/draw.mjs runs/winequality-white docs/images/wine.png
import { writeFileSync } from 'node:fs'
import { nodeDocument, pairPlot, toPng } from '../../dist/report/node.js'
import { openModel, openSplit, rowsToTable } from '../../dist/run/node.js'

const [folder, picture] = process.argv.slice(2)
const opened = await openModel(folder)
const { table, dispose } = await openSplit(opened)
await dispose()
const count = 4000
const samples = rowsToTable(opened, await opened.fitted.sample({ count }), count)
const columns = samples.columns.map(({ name }) => name)
const rowsOf = ({ columns: all, rowCount }) =>
  Float64Array.from({ length: rowCount * columns.length }, (_, i) => {
    const name = columns[i % columns.length]
    return all.find((column) => column.name === name).values[Math.floor(i / columns.length)]
  })
const svg = pairPlot({
  columns,
  data: rowsOf(table),
  samples: rowsOf(samples),
  title: 'White wines: data and samples',
  document: await nodeDocument(),
})
writeFileSync(picture, toPng(svg, { scale: 0.9 }))
await opened.fitted.dispose()
