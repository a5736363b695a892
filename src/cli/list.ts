import type { CommandRecord, CommonOptions } from './command.ts'

/** `scorefield list`. */
export const listCommand: CommandRecord = {
  name: 'list',
  summary: 'everything that can be named: samplers, objectives, toy distributions, …',
  examples: [
    { line: 'scorefield list', does: 'all lists' },
    { line: 'scorefield list samplers', does: 'one of them' },
  ],
  define: (command) => {
    command
      .argument('[what]', 'one list: densities, samplers, grids, objectives, …')
      .action(async (what: string | undefined, options: CommonOptions) => {
        const { runList } = await import('./list.action.ts')
        runList(what, options)
      })
  },
}
