import type { Absent, Contender, Round } from './peerProcess.ts'

/**
 * What a result has to reach.
 * `ratio`: at least so many times as good as the best peer. `atMost`, `atLeast`: a bound in the result's own unit.
 */
export type Target = { readonly ratio: number } | { readonly atMost: number } | { readonly atLeast: number }

/** One measured figure of ours, beside the same figure of each peer. */
export interface BenchResult {
  readonly name: string
  readonly unit: string
  readonly ours: number
  /** Each peer at its best setting. A peer that could not be measured is missing here and named in `note`. */
  readonly peers: Readonly<Record<string, number>>
  /** How many times as good as the best peer: over 1, ours is better, whichever way the unit runs. */
  readonly ratio: number | null
  readonly target: Target | null
  /** Null where it cannot be judged: no target, or no full and fair field of peers to have beaten. */
  readonly met: boolean | null
  readonly note?: string
}

export interface BenchContext {
  /** Rounds of each contender; medians are quoted. */
  readonly rounds: number
  /** Length of one round. */
  readonly seconds: number
  readonly contenders: readonly Contender[]
  readonly absent: readonly Absent[]
  /** Of several tables, only those whose path has this text in it. */
  readonly only?: string
  /** Where trained runs are kept, and found again: what was broken off goes on from there. A temporary folder unless given. */
  readonly folder?: string
  /** A trained run to measure on, instead of one that is trained for it. */
  readonly run?: string
  /** Pictures that are measured, and draws of each; as many as a bench says unless given. */
  readonly pictures?: number
  readonly draws?: number
}

/** The same, with these peers only: for what is asked of them alone, or has a target of its own beside them. */
export function beside(context: BenchContext, peers: readonly string[]): BenchContext {
  const isAsked = ({ name }: { readonly name: string }): boolean => peers.includes(name)
  return {
    ...context,
    contenders: context.contenders.filter(isAsked),
    absent: context.absent.filter(isAsked),
  }
}

/** One measurement of `bench/`. */
export interface Bench {
  readonly name: string
  readonly summary: string
  /** Whether it needs the peers' processes. */
  readonly needsPeers?: boolean
  run(context: BenchContext): AsyncIterable<BenchResult>
}

/** What is compared. `value` turns seconds per step into the unit; `better` says which way the unit runs. */
export interface Comparison {
  readonly name: string
  readonly workload: string
  readonly unit: string
  readonly better: 'lower' | 'higher'
  readonly value: (secondsPerStep: number) => number
  readonly target: Target | null
  /** Times our own steps for about so many seconds. */
  readonly ours: (seconds: number) => Promise<Round>
}

/** Largest relative differences of two check values that float32 sums in another order explain, before and after updates. */
export const checkTolerance = { first: 1e-4, last: 1e-3 }

/** Settings of a peer that stay in the race after one pilot round each. */
const settingsKept = 2

interface Entry {
  readonly contender: Contender
  readonly setting: string
  readonly seconds: number[]
}

/**
 * Times ours and every peer in turns, A B, then B A, so that whatever else the machine does falls on both and
 * neither always follows the same neighbour.
 * A peer whose check value differs from ours computes something else: it is not counted, and the note says so.
 */
export async function compare(comparison: Comparison, context: BenchContext): Promise<BenchResult> {
  const { workload, value, better } = comparison
  const check = await comparison.ours(context.seconds) // Warms up; its time is not counted.
  const missing: Absent[] = [...context.absent]
  let entries: Entry[] = []
  for (const contender of context.contenders) {
    try {
      entries.push(...(await pilot(contender, workload, context.seconds, check)))
    } catch (error) {
      missing.push({ name: contender.name, reason: (error as Error).message })
    }
  }

  const ours: number[] = []
  for (let round = 0; round < context.rounds; round++) {
    if (entries.length === 0) ours.push((await comparison.ours(context.seconds)).secondsPerStep)
    const timeOurs = async (): Promise<void> => {
      ours.push((await comparison.ours(context.seconds)).secondsPerStep)
    }
    for (const entry of [...entries]) {
      if (!entries.includes(entry)) continue // Its contender died at another setting.
      const oursFirst = round % 2 === 0
      if (oursFirst) await timeOurs()
      try {
        const { secondsPerStep } = await entry.contender.round(workload, entry.setting, context.seconds)
        entry.seconds.push(secondsPerStep)
      } catch (error) {
        missing.push({ name: entry.contender.name, reason: (error as Error).message })
        entries = entries.filter((other) => other.contender !== entry.contender)
      }
      if (!oursFirst) await timeOurs()
    }
  }

  const best = bestSettings(entries)
  const peers = Object.fromEntries(best.map((entry) => [entry.contender.name, value(median(entry.seconds))]))
  const oursValue = value(median(ours))
  const ratio = ratioToBest(oursValue, Object.values(peers), better)
  const caveats = best.flatMap(({ contender }) => (contender.caveat === undefined ? [] : [contender.caveat]))
  const note = [
    ...best.map((entry) => `${entry.contender.name} ${entry.contender.version}: ${entry.setting}`),
    ...caveats,
    ...missing.map(({ name, reason }) => `${name} absent: ${reason}`),
  ].join('; ')
  return {
    name: comparison.name,
    unit: comparison.unit,
    ours: oursValue,
    peers,
    ratio,
    target: comparison.target,
    met: judge(comparison.target, oursValue, ratio, missing.length === 0 && caveats.length === 0),
    ...(note === '' ? {} : { note }),
  }
}

/** One round of each setting; the fastest few go on. Throws if none runs, or if one computes something else. */
async function pilot(
  contender: Contender,
  workload: string,
  seconds: number,
  check: Pick<Round, 'first' | 'last'>,
): Promise<Entry[]> {
  const timed: { setting: string; secondsPerStep: number }[] = []
  let failure = new Error('no setting runs')
  for (const setting of contender.settings) {
    try {
      const round = await contender.round(workload, setting, seconds)
      for (const when of ['first', 'last'] as const)
        if (!(Math.abs(round[when] - check[when]) <= checkTolerance[when] * Math.abs(check[when])))
          throw new Error(`it computes something else (${setting}): ${round[when]}, ours ${check[when]}`)
      timed.push({ setting, secondsPerStep: round.secondsPerStep })
    } catch (error) {
      failure = error as Error
    }
  }
  if (timed.length === 0) throw failure
  timed.sort((one, other) => one.secondsPerStep - other.secondsPerStep)
  return timed.slice(0, settingsKept).map(({ setting }) => ({ contender, setting, seconds: [] }))
}

/** Of each contender the entry with the smallest median. */
function bestSettings(entries: readonly Entry[]): Entry[] {
  const best = new Map<Contender, Entry>()
  for (const entry of entries) {
    const rival = best.get(entry.contender)
    if (entry.seconds.length === 0) continue
    if (rival === undefined || median(entry.seconds) < median(rival.seconds)) best.set(entry.contender, entry)
  }
  return [...best.values()]
}

/** How many times as good as the best peer; null without peers. */
export function ratioToBest(
  ours: number,
  peers: readonly number[],
  better: 'lower' | 'higher',
): number | null {
  if (peers.length === 0) return null
  return better === 'lower' ? Math.min(...peers) / ours : ours / Math.max(...peers)
}

/**
 * Whether the target is met. Falling short of a ratio is certain whatever the field; reaching it counts only
 * against a field that is `complete`: no peer absent, none with a caveat, since the missing one may be the best.
 */
export function judge(
  target: Target | null,
  ours: number,
  ratio: number | null,
  complete: boolean,
): boolean | null {
  if (target === null) return null
  if ('atMost' in target) return ours <= target.atMost
  if ('atLeast' in target) return ours >= target.atLeast
  if (ratio === null) return null
  if (ratio < target.ratio) return false
  return complete ? true : null
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median of no values')
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** One JSON object a line. */
export function formatJson(results: readonly BenchResult[]): string {
  return results.map((result) => `${JSON.stringify(result)}\n`).join('')
}

/** One result on a line, for those who wait for the others. */
export function formatLine({ name, unit, ours, peers, ratio, met, note }: BenchResult): string {
  const others = Object.entries(peers).map(([peer, value]) => `, ${peer} ${shown(value)}`)
  const share = ratio === null ? '' : `; ratio ${shown(ratio)}`
  const verdict = met === null ? '' : met ? '; met' : '; not met'
  return `  ${name}: ${shown(ours)} ${unit}${others.join('')}${share}${verdict}${note ? ` (${note})` : ''}\n`
}

/** A table for people: a row a result, a column a peer, notes below. */
export function formatTable(results: readonly BenchResult[]): string {
  const names = [...new Set(results.flatMap(({ peers }) => Object.keys(peers)))]
  const header = ['', 'unit', 'ours', ...names, 'ratio', 'target', 'met']
  const rows = results.map((result) => [
    result.name,
    result.unit,
    shown(result.ours),
    ...names.map((name) => shown(result.peers[name] ?? null)),
    shown(result.ratio),
    shownTarget(result.target),
    result.met === null ? '–' : result.met ? 'yes' : 'no',
  ])
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)))
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  )
  const notes = results.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]))
  return `${[...lines, ...notes].join('\n')}\n`
}

const shown = (value: number | null): string => (value === null ? '–' : String(Number(value.toPrecision(3))))

function shownTarget(target: Target | null): string {
  if (target === null) return '–'
  if ('ratio' in target) return `ratio ≥ ${target.ratio}`
  return 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`
}
