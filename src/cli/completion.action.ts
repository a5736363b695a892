import type { Command } from 'commander'
import { type CommandContext, wrongValue } from './command.ts'

/** Prints the completion script of a shell for these commands. */
export function runCompletion(shell: string, commands: readonly Command[], context: CommandContext): void {
  const script = scripts[shell]
  if (script === undefined)
    throw wrongValue(`The shell must be ${Object.keys(scripts).join(', ')}, not "${shell}".`)
  context.stdout.write(script(commands))
}

/** The long options of a command. */
function optionsOf(command: Command): string[] {
  return [...command.options.flatMap(({ long }) => (long ? [long] : [])), '--help']
}

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => `    ${command.name()}) words="${optionsOf(command).join(' ')}" ;;`)
  return `# Completion of scorefield for bash.
_scorefield() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((command) => command.name()).join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words="" ;;
  esac
  # Files and runs are completed by the shell itself.
  case "$current" in -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;; esac
}
complete -o default -F _scorefield scorefield
`
}

function zsh(commands: readonly Command[]): string {
  return `#compdef scorefield
# Completion of scorefield for zsh, by its script for bash.
autoload -U +X bashcompinit && bashcompinit
${bash(commands)}`
}

function fish(commands: readonly Command[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = commands.flatMap((command) => [
    `complete -c scorefield -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.description())}`,
    ...command.options.flatMap(({ long, description }) =>
      long
        ? [
            `complete -c scorefield -n '__fish_seen_subcommand_from ${command.name()}' -l ${long.slice(2)} -d ${quoted(description)}`,
          ]
        : [],
    ),
  ])
  return `# Completion of scorefield for fish.\n${lines.join('\n')}\n`
}

const scripts: Readonly<Record<string, (commands: readonly Command[]) => string>> = { bash, zsh, fish }
