import { Command, CommanderError, type OutputConfiguration } from 'commander'
import { byName, exitCodes, ScorefieldError } from '../base/index.ts'
import type { CommandContext, CommandRecord } from './command.ts'
import { commandGroups, commands } from './commands.ts'
import { proseWidthOf, wrapped } from './layout.ts'
import { describeError } from './terminal.ts'

/** Width of help where it goes to no terminal, in characters. */
const helpWidth = 100

/** Where a command line reads and writes; the process's own streams unless told. */
export type CommandStreams = Pick<CommandContext, 'stdout' | 'stderr' | 'stdin'>

/** Runs one command line, arguments after the program's name, and returns the exit code of DESIGN's table. */
export async function runCommandLine(
  args: readonly string[],
  version: string,
  streams: CommandStreams = process,
): Promise<number> {
  const { stdout, stderr, stdin } = streams
  const context: CommandContext = { args, stdout, stderr, stdin, exitCode: 0 }
  try {
    const program = buildProgram(version, context)
    const [name] = args
    if (name === undefined) {
      program.outputHelp({ error: true })
      return exitCodes.usage
    }
    // Before its options are looked at: of a command that is none, they say nothing.
    if (!name.startsWith('-') && name !== 'help') byName(commands, name, 'command')
    await program.parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (thrown) {
    // The reader of our output has seen enough, as `| head` does.
    if (isClosedPipe(thrown)) return 0
    const error = thrown instanceof CommanderError ? usageError(thrown) : thrown
    if (error === undefined) return 0
    if (error instanceof ScorefieldError && error.kind === 'interrupted') {
      if (args.includes('--json'))
        stdout.write(`${JSON.stringify({ type: 'done', reason: 'interrupted' })}\n`)
      stderr.write(error.hint ? `Stopped. ${error.hint}\n` : 'Stopped; nothing was written.\n')
      return exitCodes.interrupted
    }
    const told = describeError(error)
    if (args.includes('--json')) stdout.write(`${JSON.stringify(told.event)}\n`)
    const isOurs = error instanceof ScorefieldError
    const width = isOurs ? proseWidthOf(stderr) : Number.POSITIVE_INFINITY
    stderr.write(`${wrapped(told.lines.join('\n'), width)}\n`)
    return isOurs ? exitCodes[error.kind] : exitCodes.internal
  }
}

/** The whole command line as commander sees it. */
export function buildProgram(version: string, context: CommandContext): Command {
  const program = new Command('scorefield')
    .description('Score-based generative models: train, sample, score and evaluate, on your own data.')
    .version(version, '-V, --version', 'print the version')
  setUp(program, context)
  for (const { title, commands } of commandGroups) {
    program.commandsGroup(title)
    for (const record of commands) program.addCommand(buildCommand(record, context))
  }
  program.helpCommand('help [command]', 'show help of a command')
  program.addHelpText('after', programNotes)
  return program
}

const programNotes = `
Start with:
  $ scorefield train toy:two-moons --steps 2000
  $ scorefield sample runs/two-moons -n 1000 -o new.csv

Exit codes:
  0    done
  1    a defect of Scorefield
  2    wrong usage: an option, a setting, a folder of a run
  3    wrong data
  4    the model, the run or this machine cannot do that
  130  interrupted; what could be saved is saved`

function buildCommand(record: CommandRecord, context: CommandContext): Command {
  const command = new Command(record.name).description(record.summary)
  setUp(command, context)
  record.define(command, context)
  command
    .optionsGroup('Messages:')
    .option('--json', 'events as JSON lines on stdout; the last is {"type":"done", …}')
    .option('--quiet', 'print only warnings and errors')
    .helpOption('-h, --help', 'show this help')
  const examples = record.examples.map(({ line, does }) => `  # ${does}\n  $ ${line}`)
  return command.addHelpText('after', `\nExamples:\n${examples.join('\n')}`)
}

function setUp(command: Command, { stdout, stderr }: CommandContext): void {
  const output: OutputConfiguration = {
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    // Its errors are told as all others are, from `usageError`.
    outputError: () => {},
  }
  command
    .exitOverride()
    .configureOutput(output)
    .configureHelp({ sortSubcommands: false, helpWidth: Math.min(helpWidth, proseWidthOf(stdout)) })
    .helpOption('-h, --help', 'show this help')
}

/** What commander found wrong, as our error; undefined where it only showed help or the version. */
function usageError({ code, message, exitCode }: CommanderError): ScorefieldError | undefined {
  if (exitCode === 0) return undefined
  const [said, suggestion] = message
    .replace(/^error: /, '')
    .replace(/^required option (.*) not specified$/, 'the option $1 is needed')
    .split('\n')
  const sentence = said!.charAt(0).toUpperCase() + said!.slice(1).replaceAll("'", '"')
  const meant = suggestion ? ` ${suggestion.replace(/^\((.*)\)$/, '$1')}` : ''
  return new ScorefieldError({
    kind: 'usage',
    code: `usage/${code.replace(/^commander\./, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    message: `${sentence.replace(/\.?$/, '.')}${meant}`,
    hint: 'See --help for what there is.',
  })
}

function isClosedPipe(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if ((at as NodeJS.ErrnoException).code === 'EPIPE') return true
  return false
}
