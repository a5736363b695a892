import { byName } from '../base/index.ts'
import { columnEncoders, tableFormats } from '../data/index.ts'
import { toys } from '../density/index.ts'
import { operations } from '../engine/index.ts'
import { metrics, tableMetrics } from '../evaluation/index.ts'
import { type Family, families } from '../family/index.ts'
import { networks } from '../nn/index.ts'
import { noiseProcesses } from '../noise/index.ts'
import { objectives, weightings } from '../objective/index.ts'
import {
  configJsonSchema,
  dataKinds,
  dequantisations,
  givenMethods,
  restoringMethods,
  type Setting,
  settings,
} from '../run/node.ts'
import {
  guides,
  likelihoodMethods,
  type SamplingMethod,
  samplingMethods,
  timeGrids,
} from '../sampling/index.ts'
import { optimisers, schedules } from '../training/index.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { columnsText } from './layout.ts'
import { Terminal } from './terminal.ts'

interface Registry {
  readonly name: string
  readonly summary: string
  readonly items: readonly { readonly name: string; readonly summary: string; readonly source?: string }[]
}

/** Every registry, in the order of the house. */
export const registries: readonly Registry[] = [
  { name: 'operations', summary: 'of the tensor compiler', items: operations },
  { name: 'kinds', summary: 'of data to train on', items: dataKinds },
  { name: 'toys', summary: 'known densities to train on, as toy:NAME', items: toys },
  { name: 'processes', summary: 'how data is noised', items: noiseProcesses },
  {
    name: 'encoders',
    summary: 'how a column of a table becomes numbers for the network',
    items: columnEncoders,
  },
  {
    name: 'formats',
    summary: 'files that tables are read from and written to (xlsx: read only)',
    items: tableFormats,
  },
  { name: 'networks', summary: 'kinds of network', items: networks },
  {
    name: 'families',
    summary: 'how a distribution is modelled, and what each can compute',
    items: families.map((family) => ({ ...family, summary: `${family.summary}; ${canWords(family)}` })),
  },
  { name: 'objectives', summary: 'what training makes small', items: objectives },
  { name: 'weightings', summary: 'how noise levels are drawn and weighed', items: weightings },
  { name: 'optimisers', summary: 'how gradients become new weights', items: optimisers },
  { name: 'schedules', summary: 'how the learning rate goes over a run', items: schedules },
  { name: 'grids', summary: 'where noise levels are placed in sampling', items: timeGrids },
  {
    name: 'samplers',
    summary: 'how points are drawn, and what a model must be able to compute for it',
    items: samplingMethods.map((method) => ({
      ...method,
      summary: `${method.summary}; ${needWords(method)}`,
    })),
  },
  { name: 'guides', summary: 'how points are drawn of which something is known', items: guides },
  { name: 'given-methods', summary: 'how rows are drawn that have given values', items: givenMethods },
  {
    name: 'restoring-methods',
    summary: 'how pictures are drawn of which something is left; the first that can is taken',
    items: restoringMethods,
  },
  { name: 'likelihoods', summary: 'how log-densities are found', items: likelihoodMethods },
  {
    name: 'dequantisations',
    summary: 'how bytes of pictures are spread over their cells, where bits are told',
    items: dequantisations,
  },
  { name: 'metrics', summary: 'how good rows are', items: [...metrics, ...tableMetrics] },
  {
    name: 'settings',
    summary: 'all settings of train, for --config and --set',
    items: settings.map((setting) => ({ name: setting.path, summary: summaryOf(setting) })),
  },
]

/** What a family can compute, and what trains it. */
function canWords({ can, objective, takesConditions }: Family): string {
  const conditions = takesConditions ? '; takes conditions (library)' : ''
  return `can: ${can.join(', ')}; trained by ${objective} by default${conditions}`
}

/** What a sampler needs of a model, and the names that others give it. */
function needWords({ needs, levels, also = [] }: SamplingMethod): string {
  const where = { each: ' at each noise level', one: ' at one level', both: '' }[levels]
  const others = also.length > 0 ? `; also: ${also.join(', ')}` : ''
  return `needs: ${needs.join(', ')}${where}${others}`
}

/** What a setting means, what it may be, and what it is unless told. */
function summaryOf({ description, expected, unit, default: usual, chosen, optional }: Setting): string {
  const inUnit = unit === undefined ? '' : ` (${unit})`
  const unlessTold = chosen ?? (usual === undefined ? undefined : String(usual))
  const end = unlessTold === undefined ? (optional ? '; may be left out' : '') : `; default: ${unlessTold}`
  return `${description} ${expected.charAt(0).toUpperCase()}${expected.slice(1)}${inUnit}${end}`
}

/** Prints one registry or all. */
export function runList(what: string | undefined, options: CommonOptions, context: CommandContext): void {
  const terminal = new Terminal(options, context)
  if (what === 'schema') {
    context.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    return
  }
  const chosen = what === undefined ? registries : [byName(registries, what, 'list')]
  for (const { name, summary, items } of chosen) {
    terminal.print(terminal.prose(`${name}: ${summary}`))
    const rows = items.map((item) => {
      const source = item.source && item.source !== '–' ? `  (${item.source})` : ''
      return [`  ${item.name}`, `${item.summary}${source}`]
    })
    terminal.print(columnsText(rows, { width: terminal.width }).join('\n'))
    for (const item of items)
      terminal.event({
        type: 'item',
        list: name,
        name: item.name,
        summary: item.summary,
        ...(item.source ? { source: item.source } : {}),
      })
    terminal.print('')
  }
  terminal.event({ type: 'done', lists: chosen.map(({ name }) => name) })
}
