import { duration, ScorefieldError } from '../base/index.ts'
import { PictureEncoding } from '../data/node.ts'
import {
  damageTold,
  newFolder,
  noiseTold,
  type OpenedModel,
  type Restoration,
  readDamaged,
  readMask,
  restorePictures,
  shownGiven,
  writeRestored,
} from '../run/node.ts'
import type { CommandContext, CommonOptions } from './command.ts'
import { openAndWarn } from './opened.ts'
import { type DeviceOptions, runtimeOf } from './options.ts'
import { interruptSignal } from './signals.ts'
import { count, Terminal } from './terminal.ts'

/** What the command line of `restore` says. */
export interface RestoreCommandOptions extends CommonOptions, DeviceOptions {
  readonly output: string
  readonly mask?: string
  readonly blur?: string
  readonly enlarge?: string
  readonly noise?: string
  readonly draws?: number
  readonly label?: string
  readonly method?: string
  readonly methodOption?: Readonly<Record<string, number>>
  readonly steps?: number
  readonly seed?: number
  readonly fit?: 'crop' | 'pad'
  readonly broken?: 'skip' | 'refuse'
}

/** Restores pictures and writes them. */
export async function runRestore(
  folder: string,
  files: readonly string[],
  options: RestoreCommandOptions,
  context: CommandContext,
): Promise<void> {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const terminal = new Terminal(options, context)
  const { draws = 1, seed = 0, steps, label, method, output } = options
  const noise = noiseTold(options.noise ?? '0', '--noise')
  const opened = await openAndWarn(folder, await runtimeOf(options, terminal), terminal)
  const encoding = requirePictures(opened, folder)
  const { shape } = encoding
  const { mask, blur, enlarge } = options
  const damage = await damageTold(
    { mask, blur, enlarge },
    { shape, readMask, isNoisy: noise !== 0, called: (name) => `--${name}` },
  )
  const { pictures, names, notes } = await readDamaged(files, { ...shape, ...damage.size }, options)
  for (const note of notes) terminal.say(`  ${note}`)
  await newFolder(output)
  const { signal, release } = interruptSignal(() => terminal.say('Stopping …'), context.stdout)
  const restored = await restorePictures({ encoding, fitted: opened.fitted }, pictures, {
    ...{ damage, noise, draws, seed, steps, label, method, methodOptions: options.methodOption, signal },
    onProgress: (done, total) => {
      terminal.progress({ label: 'restoring', done, total, seconds: seconds() })
      terminal.event({ type: 'progress', done, total })
    },
  }).finally(release)
  for (const note of restored.notes) terminal.say(`  ${note}`)
  const shown = shownGiven(restored, damage.known)
  const { files: wrote, whitest } = await writeRestored(output, restored, { names, shown })
  if (noise === 'auto') terminal.say(`Noise estimated: ${noiseInWords(restored)} of white minus black.`)
  terminal.say(
    `Restored ${count(names.length, 'picture')} by ${count(draws, 'draw')} each (${restored.method}, ${restored.evaluations} evaluations a draw) in ${duration(seconds())}.`,
  )
  if (whitest !== undefined)
    terminal.say(`White in the maps is a standard deviation of ${whitest.toFixed(3)} of white minus black.`)
  terminal.say(`Wrote ${count(wrote, 'picture')}, labels.csv and sheet.png to ${output}.`)
  terminal.event({
    type: 'done',
    pictures: names.length,
    ...{ draws, seed, method: restored.method, evaluations: restored.evaluations },
    noise: restored.noise,
    files: wrote,
    ...(whitest === undefined ? {} : { largestDeviation: whitest }),
    notes: [...notes, ...restored.notes],
    ...{ weights: opened.weights, output, secondsElapsed: seconds() },
  })
  await opened.fitted.dispose()
}

function requirePictures({ encoding, description }: OpenedModel, folder: string): PictureEncoding {
  if (encoding instanceof PictureEncoding) return encoding
  throw new ScorefieldError({
    kind: 'ability',
    code: 'restore/no-pictures',
    message: `${folder} was trained on ${description.kind}, not on pictures.`,
    where: folder,
    hint: 'Train a run on pictures: scorefield train FOLDER. Gaps of a table are filled by scorefield impute.',
  })
}

function noiseInWords({ noise }: Restoration): string {
  const [least, most] = [Math.min(...noise), Math.max(...noise)]
  return least === most ? `${least}` : `${least} to ${most}`
}
