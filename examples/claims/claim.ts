import type { CurlMapsOptions, CurvesOptions, PlanesOptions } from '../../src/report/picture/index.ts'

/** What a claim is measured with. */
export interface ClaimGiven {
  /** Seconds in place of minutes: fewer rows, steps and sizes. The claim must hold all the same. */
  readonly small: boolean
  readonly seed: number
  /** Folder of the data sets that the project does not carry; a claim that needs one says so where it is absent. */
  readonly data?: string | undefined
  /** The Python whose PyTorch is measured beside. */
  readonly python?: string | undefined
}

/** One thing that must hold, and what was measured. */
export interface Check {
  readonly what: string
  readonly measured: number
  readonly atLeast?: number
  readonly atMost?: number
}

/** A table of figures, as text. */
export interface FigureTable {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

interface Named {
  /** Name of its file, without the ending. */
  readonly name: string
  readonly alt: string
}

/** A picture as data: whoever shows it draws it. */
export type Picture =
  | ({ readonly kind: 'curves' } & Named & Omit<CurvesOptions, 'document'>)
  | ({ readonly kind: 'planes' } & Named & Omit<PlanesOptions, 'document'>)
  | ({ readonly kind: 'curls' } & Named & Omit<CurlMapsOptions, 'document'>)

/** What a claim found. */
export interface Measured {
  readonly checks: readonly Check[]
  readonly tables: readonly FigureTable[]
  readonly pictures: readonly Picture[]
  /** One or two sentences that say what came out, with the figures. */
  readonly verdict: string
}

/** A sentence of the theory as a program that measures whether it is so. */
export interface Claim {
  readonly number: number
  readonly title: string
  /** What is claimed. */
  readonly claim: string
  /** Why it is so, with the formula; Markdown. */
  readonly why: string
  readonly source: string
  /** What the measurement does not show. */
  readonly limits: string
  /** Why it cannot be measured here; absent where it can. */
  readonly missing?: (given: ClaimGiven) => string | undefined
  readonly run: (given: ClaimGiven) => Promise<Measured>
}

/** The name of a claim's file and pictures: `03-implicit-score-matching`. */
export function nameOf({ number, title }: Pick<Claim, 'number' | 'title'>): string {
  const words = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return `${String(number).padStart(2, '0')}-${words.replace(/^-|-$/g, '')}`
}

/** Whether what was measured is within its bounds; a NaN is not. */
export function holds({ measured, atLeast = -Infinity, atMost = Infinity }: Check): boolean {
  return measured >= atLeast && measured <= atMost
}

/** What was measured contradicts a claim. */
export class ClaimFails extends Error {
  readonly measured: Measured

  constructor(message: string, measured: Measured) {
    super(message)
    this.measured = measured
  }
}

/** Measures a claim. Throws `ClaimFails`, which names each figure that contradicts it. */
export async function proven(claim: Claim, given: ClaimGiven): Promise<Measured> {
  const found = await claim.run(given)
  const failed = found.checks.filter((check) => !holds(check))
  if (found.checks.length > 0 && failed.length === 0) return found
  const listed = failed.map(
    ({ what, measured, atLeast, atMost }) =>
      `${what}: ${measured}${atLeast === undefined ? '' : `, not at least ${atLeast}`}${atMost === undefined ? '' : `, not at most ${atMost}`}`,
  )
  const reason = listed.join('; ') || 'it checks nothing'
  throw new ClaimFails(`Claim ${claim.number} does not hold: ${reason}. ${found.verdict}`, found)
}
