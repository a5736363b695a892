import type { CommandRecord, CommonOptions } from './command.ts'

/** `scorefield list`. */
export const listCommand: CommandRecord = {
  name: 'list',
  summary: 'everything that has a name: samplers, objectives, toy distributions, settings, …',
  examples: [
    { line: 'scorefield list', does: 'all lists' },
    { line: 'scorefield list samplers', does: 'one of them' },
    { line: 'scorefield list schema', does: 'for an editor: completes names in a --config file' },
  ],
  define: (command, context) => {
    command
      .argument(
        '[what]',
        'one list: operations, kinds, toys, processes, encoders, formats, networks, families, objectives, weightings, optimisers, schedules, grids, samplers, guides, given-methods, restoring-methods, likelihoods, dequantisations, metrics, settings; or schema, the JSON schema of --config for editors (default: all)',
      )
      .action(async (what: string | undefined, options: CommonOptions) => {
        const { runList } = await import('./list.action.ts')
        runList(what, options, context)
      })
  },
}
