import { type RestoringMethod, restoringMethods } from '../src/run/index.ts'
import type { BenchResult } from './harness.ts'

/** A method with numbers of its own. */
export interface Way {
  readonly name: string
  readonly method: RestoringMethod
  readonly options: Readonly<Record<string, number>>
}

/** Numbers that methods are measured with besides their usual ones. */
const others: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>> = {
  dps: [{ strength: 0.5 }, { strength: 2 }],
  tmpd: [{ solverSteps: 1 }, { solverSteps: 8 }],
}

/** Every method as it is unless told, then those with other numbers. */
export const ways: readonly Way[] = restoringMethods.flatMap((method) =>
  [{}, ...(others[method.name] ?? [])].map((options) => ({
    name: [method.name, ...Object.entries(options).map(([key, value]) => `${key} ${value}`)].join(', '),
    ...{ method, options },
  })),
)

/** Milliseconds of work, of all cores. */
export async function cpuMilliseconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** A figure without peers or target. */
export function figure(name: string, unit: string, ours: number, notes: readonly string[]): BenchResult {
  return { name, unit, ours, peers: {}, ratio: null, target: null, met: null, note: notes.join('; ') }
}
