import type { CommandRecord } from './command.ts'

/** Shells that a completion script can be written for. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** `scorefield completion`. */
export const completionCommand: CommandRecord = {
  name: 'completion',
  summary: 'a script that completes commands, options and runs in your shell',
  examples: [
    {
      line: 'scorefield completion bash',
      does: 'in this bash; put the line into ~/.bashrc for all',
    },
    {
      line: 'scorefield completion fish',
      does: 'for fish: write it to ~/.config/fish/completions/scorefield.fish',
    },
  ],
  define: (command, context) => {
    command.argument('<shell>', shells.join(', ')).action(async (shell: string) => {
      const { runCompletion } = await import('./completion.action.ts')
      runCompletion(shell, command.parent?.commands ?? [], context)
    })
  },
}
