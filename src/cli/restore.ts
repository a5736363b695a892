import type { CommandRecord } from './command.ts'
import { wholeNumber, wrongValue } from './command.ts'
import { addDeviceOptions, addGuideOptions } from './options.ts'
import type { RestoreCommandOptions } from './restore.action.ts'

/** What has happened to the pictures: options by the names of `repairs`, which a test holds them to. */
export const damageOptions: readonly { readonly flags: string; readonly says: string }[] = [
  {
    flags: '--mask <file>',
    says: 'parts are missing: a picture of the same size, white where they are; or box:x,y,w,h, a rectangle by its left, top, width and height',
  },
  { flags: '--blur <pixels>', says: 'blurred by a Gaussian of this standard deviation' },
  {
    flags: '--enlarge <times>',
    says: 'given smaller than they were: how many times as wide and as high they shall become',
  },
]

/** `scorefield restore`. */
export const restoreCommand: CommandRecord = {
  name: 'restore',
  summary: 'repair pictures by what a run has learned: gaps, blur, small size, noise',
  examples: [
    {
      line: 'scorefield restore runs/digits torn.png --mask box:2,2,4,4 -o whole',
      does: 'a rectangle filled as it may have been',
    },
    {
      line: 'scorefield restore runs/digits photos --blur 1 --draws 8 -o sharp',
      does: 'eight sharp pictures of each, their mean, and a map of where they differ',
    },
    {
      line: 'scorefield restore runs/digits "small/*.png" --enlarge 2 -o large',
      does: 'twice as wide and as high',
    },
    {
      line: 'scorefield restore runs/digits noisy --noise auto -o clean',
      does: 'noise taken away that is estimated first',
    },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of a run that was trained on pictures')
      .argument('<files...>', 'pictures, folders, patterns of files, IDX files')
      .requiredOption('-o, --output <folder>', 'a new folder for what is restored')
      .optionsGroup('Damage:')
    for (const { flags, says } of damageOptions) command.option(flags, says)
    command
      .option(
        '--noise <s>',
        'noise of this standard deviation, as a share of white minus black, or auto, which estimates it; alone, or with one of the others (default: 0)',
      )
      .optionsGroup('Drawing:')
      .option(
        '--draws <k>',
        'draws of each picture, 1 or more; of several also the mean and a map of where they differ (default: 1)',
        wholeNumber('--draws', 1),
      )
      .option('--label <name>', 'the class of all of them, of a run with labels (default: unknown)')
      .option(
        '--method <name>',
        'one of scorefield list restoring-methods (default: the first of them that can)',
      )
    addGuideOptions(command)
    command
      .optionsGroup('Files:')
      .option(
        '--fit <how>',
        'crop or pad pictures of another size (default: refuse them)',
        oneOf('--fit', ['crop', 'pad']),
      )
      .option(
        '--broken <what>',
        'skip files that cannot be read, or refuse them (default: refuse)',
        oneOf('--broken', ['skip', 'refuse']),
      )
    addDeviceOptions(command)
    command.action(async (run: string, files: readonly string[], options: RestoreCommandOptions) => {
      const { runRestore } = await import('./restore.action.ts')
      await runRestore(run, files, options, context)
    })
  },
}

function oneOf(option: string, names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text
    throw wrongValue(`${option} must be ${names.join(' or ')}, not "${text}".`)
  }
}
