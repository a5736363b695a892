import { ScorefieldError } from '../base/index.ts'

import type { CommonOptions } from './command.ts'
import { displayWidth, type MaybeTerminal, proseWidthOf, widthOf, wrapped } from './layout.ts'

/** Where a command speaks; the process's own streams unless told. */
export interface TerminalStreams {
  readonly stdout: { write(text: string): unknown } & MaybeTerminal
  readonly stderr: { write(text: string): unknown } & MaybeTerminal
}

/** Something that goes on: shown as a bar on a terminal, as a line now and then elsewhere. */
export interface Progress {
  readonly label: string
  readonly done: number
  readonly total: number
  /** How much was done before it began; 0 unless given. */
  readonly from?: number
  /** Seconds since it began. */
  readonly seconds: number
  /** What else is worth seeing, such as the loss. */
  readonly detail?: string
}

/** Seconds before the first progress line where stderr is no terminal; each later one waits twice as long as the last. */
const firstLineSeconds = 5
/** Most seconds between two of them. */
const lineEverySeconds = 60

/** Writes what commands have to say. Results go to stdout, all else to stderr. */
export class Terminal {
  private readonly json: boolean
  private readonly quiet: boolean
  private readonly stdout: TerminalStreams['stdout']
  private readonly stderr: TerminalStreams['stderr']
  private barShown = false
  private nextLine = firstLineSeconds
  private lastLabel = ''

  /** Events as JSON lines on stdout with `json`, words for a person on stderr unless `quiet`. */
  constructor(options: CommonOptions, streams: TerminalStreams = process) {
    this.json = options.json ?? false
    this.quiet = options.quiet ?? false
    this.stdout = streams.stdout
    this.stderr = streams.stderr
  }

  /** Width of results, in characters; endless where they do not go to a terminal. What is printed is laid out by it. */
  get width(): number {
    return widthOf(this.stdout)
  }

  /** Sentences for a result, broken as what is said. */
  prose(text: string): string {
    return wrapped(text, proseWidthOf(this.stdout))
  }

  /** An event for programs: one line of JSON, with --json only. */
  event(event: object): void {
    if (this.json) this.stdout.write(`${JSON.stringify(event)}\n`)
  }

  /** A sentence for a person. */
  say(text: string): void {
    if (this.quiet) return
    this.clearBar()
    this.stderr.write(`${wrapped(text, proseWidthOf(this.stderr))}\n`)
  }

  /** A result that a person asked for; with --json it is left to events. */
  print(text: string): void {
    this.clearBar()
    if (!this.json) this.stdout.write(`${text}\n`)
  }

  /** A warning is said even with --quiet. */
  warn(text: string): void {
    this.clearBar()
    this.stderr.write(`${wrapped(`Warning: ${text}`, proseWidthOf(this.stderr))}\n`)
  }

  progress(progress: Progress): void {
    if (this.quiet) return
    if (this.stderr.isTTY) {
      this.stderr.write(`\r${progressLine(progress, this.stderr.columns ?? 80)}\u001b[K`)
      this.barShown = true
      if (progress.done >= progress.total) this.clearBar(true)
      return
    }
    const { label, seconds } = progress
    if (label !== this.lastLabel) this.nextLine = seconds + firstLineSeconds
    this.lastLabel = label
    if (seconds < this.nextLine) return
    this.nextLine = seconds + Math.min(seconds, lineEverySeconds)
    this.stderr.write(`${progressWords(progress)}\n`)
  }

  private clearBar(keep = false): void {
    if (this.barShown) this.stderr.write(keep ? '\n' : '\r\u001b[K')
    this.barShown = false
  }
}

/** `training ━━━━━─────  50 %  3,000/6,000  0:31 left  loss 0.412`, no longer than `width`. */
export function progressLine(progress: Progress, width: number): string {
  const { label, detail: _, ...brief } = progress
  const whole = progressTail(progress)
  // A detail that has no room is left out, not cut.
  const tail = displayWidth(`${label}  ${whole}`) < width ? whole : progressTail({ label, ...brief })
  const bar = Math.min(24, Math.max(0, width - displayWidth(label) - displayWidth(tail) - 3))
  const full = Math.round(bar * shareOf(progress))
  return `${label} ${'━'.repeat(full)}${'─'.repeat(bar - full)} ${tail}`.slice(0, Math.max(20, width - 1))
}

/** The same without a bar, for a log. */
export function progressWords(progress: Progress): string {
  return `${progress.label} ${progressTail(progress)}`
}

function shareOf({ done, total }: Progress): number {
  return total > 0 ? Math.min(1, done / total) : 1
}

function progressTail(progress: Progress): string {
  const { done, total, from = 0, seconds, detail } = progress
  const percent = `${Math.floor(100 * shareOf(progress))} %`.padStart(5)
  const ahead = done > from && done < total
  const time = ahead ? `  ${clock((seconds * (total - done)) / (done - from))} left` : `  ${clock(seconds)}`
  return `${percent}  ${group(done)}/${group(total)}${time}${detail ? `  ${detail}` : ''}`
}

/** Seconds as 1:02:03 or 2:03. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const shown = parts[0] ? parts : parts.slice(1)
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** A number and what it counts: 1 row, 12,345 rows. */
export function count(value: number, unit: string): string {
  return `${group(value)} ${unit}${value === 1 ? '' : 's'}`
}

/** 12345 as 12,345. */
export function group(value: number): string {
  return value.toLocaleString('en-US')
}

/** An error as part of a warning: what happened, and what to do. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof ScorefieldError && error.hint ? `${error.message} ${error.hint}` : error.message
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
      event: { type: 'error', kind, code, message, where, hint },
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
