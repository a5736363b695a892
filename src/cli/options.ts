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

/** How pictures are read, where that is said. */
export interface PictureOptions {
  readonly kind?: string
  readonly size?: string
  readonly fit?: string
  readonly broken?: string
}

/** Adds --kind, --size, --fit and --broken. */
export function addPictureOptions(command: Command): void {
  command
    .optionsGroup('Pictures:')
    .option(
      '--kind <name>',
      'what the data are, such as pictures for a CSV with a column a pixel; see scorefield list kinds (default: seen from them)',
    )
    .option(
      '--size <pixels>',
      'what pictures are brought to: 32 for a square, 48x32 for width and height (default: the size found, at most 64)',
    )
    .option('--fit <how>', 'crop what stands out of another shape, or pad what is missing (default: crop)')
    .option('--broken <what>', 'skip files that cannot be read, or refuse them (default: skip)')
}

/** What the options say of pictures, as settings of the data. */
export function pictureSettings({
  size,
  fit,
  broken,
  flip,
}: PictureOptions & { readonly flip?: boolean }): Record<string, unknown> | undefined {
  const told = Object.entries({ size, fit, broken, flip }).filter(([, value]) => value !== undefined)
  return told.length === 0 ? undefined : Object.fromEntries(told)
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

/** Adds --method-option, --steps and --seed, of a way to draw what is not known. */
export function addGuideOptions(command: Command): void {
  command
    .option(
      '--method-option <name=n>',
      'a number of the method, such as particles=16; may be given again (default: the method’s own)',
      gatherNumbers('--method-option'),
    )
    .option('--steps <n>', 'steps from noise to data, 1 or more (default: 25)', wholeNumber('--steps', 1))
    .option(
      '--seed <n>',
      'a whole number from 0; other draws for another seed (default: 0)',
      wholeNumber('--seed', 0),
    )
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
