import { columnEncoders, tableFormats } from '../data/index.ts'
import { toys } from '../density/index.ts'
import { byName } from '../engine/by-name.ts'
import { operations } from '../engine/ops/registry.ts'
import { metrics } from '../evaluation/index.ts'
import { networks } from '../model/index.ts'
import { noiseProcesses } from '../noise/index.ts'
import { objectives } from '../objective/index.ts'
import { samplers, timeGrids } from '../sampling/index.ts'
import { optimisers, schedules } from '../training/index.ts'
import type { CommonOptions } from './command.ts'
import { Terminal } from './terminal.ts'

interface Registry {
  readonly name: string
  readonly summary: string
  readonly items: readonly { readonly name: string; readonly summary: string; readonly source?: string }[]
}

/** Every registry, in the order of the house. */
export const registries: readonly Registry[] = [
  { name: 'operations', summary: 'of the tensor compiler', items: operations },
  { name: 'toys', summary: 'known densities to train on, as toy:NAME', items: toys },
  { name: 'processes', summary: 'how data is noised', items: noiseProcesses },
  {
    name: 'encoders',
    summary: 'how a column of a table becomes numbers for the network',
    items: columnEncoders,
  },
  { name: 'formats', summary: 'files that tables are read from and written to', items: tableFormats },
  { name: 'networks', summary: 'kinds of network', items: networks },
  { name: 'objectives', summary: 'what training minimises', items: objectives },
  { name: 'optimisers', summary: 'how gradients become new weights', items: optimisers },
  { name: 'schedules', summary: 'how the learning rate goes over a run', items: schedules },
  { name: 'grids', summary: 'where noise levels are placed in sampling', items: timeGrids },
  { name: 'samplers', summary: 'from noise to data', items: samplers },
  { name: 'metrics', summary: 'how good rows are', items: metrics },
]

/** Prints one registry or all. */
export function runList(what: string | undefined, options: CommonOptions): void {
  const terminal = new Terminal({ json: options.json ?? false, quiet: options.quiet ?? false })
  const chosen = what === undefined ? registries : [byName(registries, what, 'list')]
  for (const { name, summary, items } of chosen) {
    const width = Math.max(...items.map((item) => item.name.length))
    terminal.print(`${name}: ${summary}`)
    for (const item of items) {
      const source = item.source && item.source !== '–' ? `  (${item.source})` : ''
      terminal.print(`  ${item.name.padEnd(width)}  ${item.summary}${source}`)
      terminal.event({
        type: 'item',
        list: name,
        name: item.name,
        summary: item.summary,
        ...(item.source ? { source: item.source } : {}),
      })
    }
    terminal.print('')
  }
  terminal.event({ type: 'done', lists: chosen.map(({ name }) => name) })
}
