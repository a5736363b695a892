import { type CommandRecord, wholeNumber, wrongValue } from './command.ts'
import type { ExportKind, ExportOptions } from './export.action.ts'
import { gatherNumbers } from './options.ts'

/** What can be exported. */
export const exportKinds: readonly ExportKind[] = ['sampler', 'denoiser', 'score', 'weights', 'card']

/** `scorefield export`. */
export const exportCommand: CommandRecord = {
  name: 'export',
  summary: 'write a run for others to use: a sampler, denoiser or score as ONNX, weights, a model card',
  examples: [
    {
      line: 'scorefield export runs/wine -o sampler.onnx',
      does: 'the whole sampler as one file: noise in, rows out',
    },
    {
      line: 'scorefield export runs/digits -o digits.onnx --rows 16 --walk --guidance',
      does: 'of pictures with labels: the steps on the way, and a weight for what is typical of the label',
    },
    { line: 'scorefield export runs/wine -o score.onnx --what score --rows 1', does: 'the score of one row' },
    { line: 'scorefield export runs/wine -o wine.safetensors', does: 'the weights, for any framework' },
  ],
  define: (command, context) => {
    command
      .argument('<run>', 'folder of the run')
      .optionsGroup('File:')
      .requiredOption('-o, --output <file>', 'file to write: .onnx, .safetensors or .md')
      .option(
        '--what <kind>',
        `${exportKinds.join(', ')} (default: by the ending: sampler for .onnx, weights, card for .md)`,
        kind,
      )
      .option('--rows <n>', 'rows a call of the ONNX file takes, 1 or more', wholeNumber('--rows', 1), 256)
      .optionsGroup('Sampler, in the file:')
      .option('--sampler <name>', 'see scorefield list samplers (default: the run’s own, usually heun)')
      .option(
        '--sampler-option <name=n>',
        'a number of the sampler, such as eta=0.5; may be given again (default: the sampler’s own)',
        gatherNumbers('--sampler-option'),
      )
      .option('--grid <name>', 'see scorefield list grids (default: the run’s own, usually karras)')
      .option(
        '--steps <n>',
        'steps from noise to data, 1 or more (default: the run’s own, usually 25)',
        wholeNumber('--steps', 1),
      )
      .option('--walk', 'give the points at the start and after each step, too (default: the rows alone)')
      .option(
        '--guidance',
        'take a weight of guidance for each row, too, of a run with labels; twice the work (default: without)',
      )
      .action(async (run: string, options: ExportOptions) => {
        const { runExport } = await import('./export.action.ts')
        await runExport(run, options, context)
      })
  },
}

function kind(name: string): ExportKind {
  const found = exportKinds.find((candidate) => candidate === name)
  if (found) return found
  throw wrongValue(`--what must be ${exportKinds.join(', ')}, not "${name}".`)
}
