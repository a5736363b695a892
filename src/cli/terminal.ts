import { ScorefieldError } from '../engine/error.ts'

/** How a command speaks: events as JSON lines on stdout, or words for a person on stderr. */
export interface TerminalOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly stdout?: { write(text: string): unknown }
  readonly stderr?: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
}

/** Something that goes on: shown as a bar on a terminal, as a line now and then elsewhere. */
export interface Progress {
  readonly label: string
  readonly done: number
  readonly total: number
  /** Seconds since it began. */
  readonly seconds: number
  /** What else is worth seeing, such as the loss. */
  readonly detail?: string
}

/** Seconds between two progress lines where stderr is no terminal. */
const lineEverySeconds = 5

/** Writes what commands have to say. Results go to stdout, all else to stderr. */
export class Terminal {
  private readonly json: boolean
  private readonly quiet: boolean
  private readonly stdout: NonNullable<TerminalOptions['stdout']>
  private readonly stderr: NonNullable<TerminalOptions['stderr']>
  private barShown = false
  private lastLine = Number.NEGATIVE_INFINITY
  private lastLabel = ''

  constructor(options: TerminalOptions) {
    this.json = options.json
    this.quiet = options.quiet
    this.stdout = options.stdout ?? process.stdout
    this.stderr = options.stderr ?? process.stderr
  }

  /** An event for programs: one line of JSON, with --json only. */
  event(event: object): void {
    if (this.json) this.stdout.write(`${JSON.stringify(event)}\n`)
  }

  /** A sentence for a person. */
  say(text: string): void {
    if (this.quiet) return
    this.clearBar()
    this.stderr.write(`${text}\n`)
  }

  /** A result that a person asked for; with --json it is left to events. */
  print(text: string): void {
    this.clearBar()
    if (!this.json) this.stdout.write(`${text}\n`)
  }

  /** A warning is said even with --quiet. */
  warn(text: string): void {
    this.clearBar()
    this.stderr.write(`Warning: ${text}\n`)
  }

  progress(progress: Progress): void {
    if (this.quiet) return
    const finished = progress.done >= progress.total
    if (this.stderr.isTTY) {
      this.stderr.write(`\r${progressLine(progress, this.stderr.columns ?? 80)}\u001b[K`)
      this.barShown = true
      if (finished) this.clearBar(true)
      return
    }
    const isNew = progress.label !== this.lastLabel
    if (!isNew && !finished && progress.seconds - this.lastLine < lineEverySeconds) return
    this.lastLabel = progress.label
    this.lastLine = progress.seconds
    this.stderr.write(`${progressLine(progress, 100)}\n`)
  }

  private clearBar(keep = false): void {
    if (this.barShown) this.stderr.write(keep ? '\n' : '\r\u001b[K')
    this.barShown = false
  }
}

/** `training ━━━━━─────  50 %  3,000/6,000  0:31 left  loss 0.412`, no longer than `width`. */
export function progressLine(progress: Progress, width: number): string {
  const { label, done, total, seconds, detail } = progress
  const share = total > 0 ? Math.min(1, done / total) : 1
  const percent = `${Math.floor(100 * share)} %`.padStart(5)
  const left =
    share > 0 && share < 1 ? `  ${clock((seconds * (1 - share)) / share)} left` : `  ${clock(seconds)}`
  const tail = `${percent}  ${group(done)}/${group(total)}${left}${detail ? `  ${detail}` : ''}`
  const bar = Math.min(24, Math.max(0, width - label.length - tail.length - 3))
  const full = Math.round(bar * share)
  return `${label} ${'━'.repeat(full)}${'─'.repeat(bar - full)} ${tail}`.slice(0, Math.max(20, width - 1))
}

/** Seconds as 1:02:03 or 2:03. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] ? parts : parts.slice(1)
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** 12345 as 12,345. */
export function group(value: number): string {
  return value.toLocaleString('en-US')
}

/** What to tell of an error: a line each for what, where and what to do. */
export function describeError(error: unknown): { lines: string[]; event: object } {
  if (error instanceof ScorefieldError) {
    const { message, where, hint, code, kind } = error
    return {
      lines: [
        `Error: ${message}`,
        ...(where && !message.includes(where) ? [`  where: ${where}`] : []),
        ...(hint ? [`  ${hint}`] : []),
        `  (${code})`,
      ],
      event: { type: 'error', kind, code, message, ...(where ? { where } : {}), ...(hint ? { hint } : {}) },
    }
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    lines: [`Internal error: ${text}`, '  This is a defect of Scorefield: please report it with this text.'],
    event: {
      type: 'error',
      kind: 'internal',
      code: 'internal',
      message: error instanceof Error ? error.message : String(error),
    },
  }
}
