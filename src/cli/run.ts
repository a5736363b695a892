import { Command, CommanderError } from 'commander'
import { exitCodes, ScorefieldError } from '../engine/error.ts'
import type { CommandRecord } from './command.ts'
import { commands } from './commands.ts'
import { describeError } from './terminal.ts'

/** Runs one command line, arguments after the program's name, and returns the exit code of DESIGN's table. */
export async function runCommandLine(args: readonly string[], version: string): Promise<number> {
  const program = buildProgram(version)
  try {
    await program.parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
    const told = describeError(error instanceof RangeError ? usageError(error) : error)
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify(told.event)}\n`)
    process.stderr.write(`${told.lines.join('\n')}\n`)
    if (error instanceof RangeError) return exitCodes.usage
    return error instanceof ScorefieldError ? exitCodes[error.kind] : exitCodes.internal
  }
}

/** The whole command line as commander sees it. */
export function buildProgram(version: string): Command {
  const program = new Command('scorefield')
    .description('Score-based generative models: train, sample, score and evaluate, on your own data.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureHelp({ sortSubcommands: false, helpWidth: 100 })
  for (const record of commands) program.addCommand(buildCommand(record))
  program.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 internal error, 2 wrong usage, 3 wrong data, 4 the model or run cannot do that, 130 interrupted.',
  )
  return program
}

function buildCommand(record: CommandRecord): Command {
  const command = new Command(record.name).description(record.summary).exitOverride()
  command.configureHelp({ helpWidth: 100 })
  record.define(command)
  command
    .option('--json', 'events as JSON lines on stdout; the last is {"type":"done", …}')
    .option('--quiet', 'say nothing but warnings and errors')
  const width = Math.max(...record.examples.map(({ line }) => line.length))
  command.addHelpText(
    'after',
    `\nExamples:\n${record.examples.map(({ line, does }) => `  $ ${line.padEnd(width)}   ${does}`).join('\n')}`,
  )
  return command
}

function usageError(error: RangeError): ScorefieldError {
  return new ScorefieldError({
    kind: 'usage',
    code: 'usage/value',
    message: error.message,
    hint: 'See --help for what each option takes.',
    cause: error,
  })
}
