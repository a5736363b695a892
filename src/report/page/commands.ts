import type { ReportData } from './data.ts'

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:=~+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command line of the words after the program's name. */
export function commandOf(words: readonly string[]): string {
  return ['npx', 'scorefield', ...words].map(quoted).join(' ')
}

/** The commands that make a run and its report again. */
export function reproduction({ run, source }: ReportData): string[] {
  const train =
    run.commandLine.length > 0 ? run.commandLine : ['train', source.name, '--seed', String(run.seed)]
  const version = run.versions['scorefield']
  return [
    `npm install scorefield${version === undefined ? '' : `@${version}`}`,
    commandOf(train),
    commandOf(['evaluate', folderOf(run)]),
  ]
}

/** The run's folder as the command line named it. */
export function folderOf({ commandLine, name }: ReportData['run']): string {
  const at = commandLine.indexOf('--out')
  return (at >= 0 ? commandLine[at + 1] : undefined) ?? `runs/${name}`
}
