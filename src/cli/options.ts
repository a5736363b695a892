import type { Command } from 'commander'
import type { Runtime } from '../engine/index.ts'
import { wholeNumber, wrongValue } from './command.ts'
import type { Terminal } from './terminal.ts'

/** Where the network runs. */
export interface DeviceOptions {
  readonly device?: string
  readonly threads?: number
}

/** Adds --device and --threads. */
export function addDeviceOptions(command: Command): void {
  command
    .optionsGroup('Machine:')
    .option('--device <name>', 'where the network runs: cpu or webgpu (default: cpu)', device)
    .option(
      '--threads <n>',
      'threads of the CPU, 1 or more (default: one a core)',
      wholeNumber('--threads', 1),
    )
}

function device(name: string): string {
  if (name !== 'cpu' && name !== 'webgpu') throw wrongValue(`--device must be cpu or webgpu, not "${name}".`)
  return name
}

/** The runtime that the options name; a warning tells where WebAssembly has to do for the CPU. */
export async function runtimeOf({ device, threads }: DeviceOptions, terminal: Terminal): Promise<Runtime> {
  const { defaultRuntime, nodeWebgpu } = await import('../engine/index.ts')
  if (device === 'webgpu') return nodeWebgpu()
  return defaultRuntime({ threads, onFallback: (told) => terminal.warn(told) })
}

/** Gathers the values of an option that may be given several times. */
export function gather(value: string, sofar: readonly string[] = []): readonly string[] {
  return [...sofar, value]
}

/** Gathers numbers by name, as name=number, of an option that may be given several times. */
export function gatherNumbers(
  option: string,
): (told: string, sofar?: Readonly<Record<string, number>>) => Readonly<Record<string, number>> {
  return (told, sofar = {}) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(told) ?? []
    if (name === undefined || !Number.isFinite(Number(value)))
      throw wrongValue(`${option} must be a name and a number, such as eta=0.5, not "${told}".`)
    return { ...sofar, [name]: Number(value) }
  }
}

/** Adds -o and --format. */
export function addOutputOptions(command: Command): void {
  command
    .option(
      '-o, --output <file>',
      'file to write: .csv, .tsv, .parquet, .json or .jsonl; - for stdout (default: CSV to stdout)',
    )
    .option(
      '--format <name>',
      'csv, tsv, parquet, json or jsonl (default: by the ending of the file, csv to stdout)',
    )
}
