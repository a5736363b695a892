import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** One timed round: how long a step took, and the check value after the fixed number of checking steps. */
export interface Round {
  readonly secondsPerStep: number
  /** Loss before any update, or the product's mean square: equal for all who compute the same. */
  readonly first: number
  /** The same after the workload's check steps. */
  readonly last: number
}

/** A library in a process of its own, waiting to be asked for rounds. */
export interface Contender {
  readonly name: string
  readonly version: string
  readonly settings: readonly string[]
  /** Why it is no fair opponent here, where it is not. */
  readonly caveat?: string
  /** Settings that could not be started, with the reason. */
  readonly unavailable: Readonly<Record<string, string>>
  round(workload: string, setting: string, seconds: number): Promise<Round>
  close(): void
}

/** A library that cannot be timed here. */
export interface Absent {
  readonly name: string
  readonly reason: string
}

/** How to start a peer: the first command whose `probe` (arguments that only test it) succeeds. */
export interface PeerCommand {
  readonly name: string
  readonly commands: readonly string[]
  readonly arguments: readonly string[]
  readonly probe: readonly string[]
}

export interface Timeouts {
  /** Milliseconds until the first line: imports, and a browser's start. */
  readonly start: number
  /** Milliseconds for one round; the first of a workload includes its check. */
  readonly round: number
}

const defaultTimeouts: Timeouts = { start: 60_000, round: 120_000 }

/** The peers of `bench/peers`; `folder` is where they lie, for a caller that is bundled elsewhere. */
export function peerCommands(
  folder: string = fileURLToPath(new URL('./peers/', import.meta.url)),
): PeerCommand[] {
  const inNode = (name: string, file: string): PeerCommand => ({
    name,
    commands: [process.execPath],
    arguments: [`${folder}/${file}`, '--serve'],
    probe: ['--version'],
  })
  return [
    {
      name: 'torch',
      // The first on the path may be one that has no torch, while the system's own has.
      commands: ['python3', '/usr/bin/python3'],
      arguments: [`${folder}/torch_step.py`, '--serve'],
      probe: ['-c', 'import torch'],
    },
    inNode('jax-js', 'jax_step.mjs'),
    inNode('tfjs', 'tfjs_step.mjs'),
  ]
}

/** Starts every peer; one that cannot start is `absent`, with the reason. */
export async function startPeers(
  commands: readonly PeerCommand[],
  timeouts: Timeouts = defaultTimeouts,
): Promise<{ contenders: Contender[]; absent: Absent[] }> {
  const contenders: Contender[] = []
  const absent: Absent[] = []
  for (const command of commands) {
    try {
      contenders.push(await startPeer(command, timeouts))
    } catch (error) {
      absent.push({ name: command.name, reason: messageOf(error) })
    }
  }
  return { contenders, absent }
}

async function startPeer(peer: PeerCommand, timeouts: Timeouts): Promise<Contender> {
  const command = await firstWorking(peer)
  const lines = openLines(spawn(command, peer.arguments, { stdio: ['pipe', 'pipe', 'pipe'] }))
  try {
    const hello = await lines.next(timeouts.start)
    const settings = stringsOf(hello['settings'])
    const unavailable = (hello['unavailable'] ?? {}) as Record<string, string>
    if (settings.length === 0) {
      throw new Error(
        Object.entries(unavailable)
          .map((entry) => entry.join(': '))
          .join('; ') || 'no setting runs',
      )
    }
    return {
      name: peer.name,
      version: String(hello['version']),
      settings,
      unavailable,
      ...(typeof hello['caveat'] === 'string' ? { caveat: hello['caveat'] } : {}),
      async round(workload, setting, seconds) {
        lines.send({ workload, setting, seconds })
        return roundOf(await lines.next(timeouts.round + 1000 * seconds))
      },
      close: lines.close,
    }
  } catch (error) {
    lines.close()
    throw error
  }
}

async function firstWorking(peer: PeerCommand): Promise<string> {
  const reasons: string[] = []
  for (const command of peer.commands) {
    try {
      await promisify(execFile)(command, peer.probe, { timeout: 60_000 })
      return command
    } catch (error) {
      const { stderr } = error as { stderr?: string }
      reasons.push(`${command}: ${stderr?.trim().split('\n').at(-1) || messageOf(error)}`)
    }
  }
  throw new Error(reasons.join('; '))
}

/** A child's stdout as JSON lines, taken one at a time; lines that are no JSON object are a library's chatter. */
function openLines(child: ChildProcess) {
  const waiting: Record<string, unknown>[] = []
  let errors = ''
  let ended: string | null = null
  let wake = (): void => {}
  const end = (reason: string): void => {
    ended ??= reason
    wake()
  }
  child.stderr?.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4000)
  })
  child.stdin?.on('error', () => {}) // A child that is gone is told by its exit.
  child.on('error', (error) => end(error.message))
  child.on('close', (code, signal) =>
    end(reasonOf(errors) ?? `it ended with ${signal ?? `exit code ${code}`}`),
  )
  createInterface({ input: child.stdout! }).on('line', (line) => {
    const record = parsed(line)
    if (record !== null) waiting.push(record)
    wake()
  })
  return {
    send: (record: object): void => void child.stdin?.write(`${JSON.stringify(record)}\n`),
    close: (): void => {
      child.stdin?.end() // Asks it to end, so that it can close its browser.
      setTimeout(() => child.kill('SIGKILL'), 5000).unref()
    },
    async next(milliseconds: number): Promise<Record<string, unknown>> {
      const deadline = performance.now() + milliseconds
      while (waiting.length === 0) {
        const left = deadline - performance.now()
        if (ended !== null) throw new Error(ended)
        if (left <= 0) {
          child.kill('SIGKILL')
          ended = `no answer within ${Math.round(milliseconds / 1000)} s`
          throw new Error(ended)
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      return waiting.shift()!
    },
  }
}

function parsed(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function roundOf(record: Record<string, unknown>): Round {
  const { error, secondsPerStep, first, last } = record
  if (error !== undefined) throw new Error(String(error))
  const known = typeof secondsPerStep === 'number' && typeof first === 'number' && typeof last === 'number'
  if (!known || !(secondsPerStep > 0)) {
    throw new Error(`no timing in its answer ${JSON.stringify(record)}`)
  }
  return { secondsPerStep, first, last }
}

/** The line of a stack trace that says what happened. */
function reasonOf(errors: string): string | null {
  const reason = errors.split('\n').findLast((line) => /^\w*(Error|Exception)\b/.test(line))
  if (reason === undefined) return null
  return reason.includes('Cannot find package') ? `${reason} (run npm ci in bench/peers)` : reason
}

const stringsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
