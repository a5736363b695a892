import { z } from 'zod'

/** A column is a formula of others, exactly but for its own rounding. The last of `columns` is the one determined. */
export type ExactRule =
  | {
      /** b = a, words, numbers and gaps alike. */
      readonly kind: 'copy'
      readonly columns: readonly [a: string, b: string]
    }
  | {
      /** b = factor · a + offset, to half a unit of b's last decimal: another unit, a negation, a share. */
      readonly kind: 'linear'
      readonly columns: readonly [a: string, b: string]
      readonly factor: number
      readonly offset: number
      readonly decimals: number
    }
  | {
      /** a + b = c. */
      readonly kind: 'sum'
      readonly columns: readonly [a: string, b: string, c: string]
      readonly decimals: number
    }
  | {
      /** factor · a^p · b^q = c, p and q whole: a price times a count, a mass over a squared height. */
      readonly kind: 'product'
      readonly columns: readonly [a: string, b: string, c: string]
      readonly powers: readonly [p: number, q: number]
      readonly factor: number
      readonly decimals: number
    }
  | {
      /** Each value of the decider goes with one of the decided. */
      readonly kind: 'decides'
      readonly columns: readonly [decider: string, decided: string]
      /** The decided value of each value; null stands for a gap. */
      readonly values: readonly (readonly [string | null, string | null])[]
      /** What a value that is not among them goes with: one that too few rows have to be named. */
      readonly otherwise?: string | null
    }

/** a ≤ b in every row that has both. */
export interface OrderRule {
  readonly kind: 'order'
  readonly columns: readonly [a: string, b: string]
  /** What the two columns hold, so that nothing else is made of them. Older runs lack it. */
  readonly within?: readonly [a: Extent, b: Extent]
}

/** The numbers that a column may hold: from the least to the most that it has, of so many decimals. */
export interface Extent {
  readonly least: number
  readonly most: number
  readonly decimals: number
}

/** A rule that holds in every row where its columns have values. */
export type Rule = ExactRule | OrderRule

const word = z.string().nullable()
const pair = z.tuple([z.string(), z.string()])
const triple = z.tuple([z.string(), z.string(), z.string()])
const decimals = z.number().int().nonnegative()

const extent = z.strictObject({ least: z.number(), most: z.number(), decimals })

/** Rules as JSON holds them. */
export const rulesSchema: z.ZodType<readonly Rule[]> = z.array(
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('order'),
      columns: pair,
      within: z.exactOptional(z.tuple([extent, extent])),
    }),
    z.strictObject({ kind: z.literal('copy'), columns: pair }),
    z.strictObject({
      kind: z.literal('linear'),
      columns: pair,
      factor: z.number(),
      offset: z.number(),
      decimals,
    }),
    z.strictObject({ kind: z.literal('sum'), columns: triple, decimals }),
    z.strictObject({
      kind: z.literal('product'),
      columns: triple,
      powers: z.tuple([z.number().int(), z.number().int()]),
      factor: z.number(),
      decimals,
    }),
    z.strictObject({
      kind: z.literal('decides'),
      columns: pair,
      values: z.array(z.tuple([word, word])),
      otherwise: z.exactOptional(word),
    }),
  ]),
)

/** Whether a rule says what a column is, not only what it may be. */
export function isExact(rule: Rule): rule is ExactRule {
  return rule.kind !== 'order'
}

/** The column that an exact rule determines. */
export function determinedBy({ columns }: ExactRule): string {
  return columns[columns.length - 1]!
}

/** The columns that determine it. */
export function determiningOf({ columns }: ExactRule): readonly string[] {
  return columns.slice(0, -1)
}

/** The rule as a formula: `'net' + 'tax' = 'total'`. */
export function ruleFormula(rule: Rule): string {
  const [a, b, c] = rule.columns.map((name) => `'${name}'`) as [string, string, string]
  if (rule.kind === 'order') return `${a} ≤ ${b}`
  if (rule.kind === 'copy') return `${b} = ${a}`
  if (rule.kind === 'sum') return `${a} + ${b} = ${c}`
  if (rule.kind === 'decides') return `${a} decides ${b}`
  if (rule.kind === 'linear') {
    const { factor, offset } = rule
    const scaled = factor === 1 ? a : factor === -1 ? `−${a}` : `${shortNumber(factor)} · ${a}`
    if (offset === 0) return `${b} = ${scaled}`
    return `${b} = ${scaled} ${offset < 0 ? '−' : '+'} ${shortNumber(Math.abs(offset))}`
  }
  const [p, q] = rule.powers
  const factor = rule.factor === 1 ? '' : `${shortNumber(rule.factor)} · `
  const over = p < 0 ? [power(b, q), power(a, -p)] : [power(a, p), power(b, Math.abs(q))]
  return `${factor}${over[0]} ${p < 0 || q < 0 ? '/' : '·'} ${over[1]} = ${c}`
}

/** The rule as a sentence for a person. */
export function describeRule(rule: Rule, rowCount: number): string {
  return `${ruleFormula(rule)} in all ${rowCount} rows`
}

function power(name: string, exponent: number): string {
  return exponent === 1 ? name : `${name}${exponent === 2 ? '²' : `^${exponent}`}`
}

/** At most 10 digits: a number that needs more is shown by its first ones. */
function shortNumber(value: number): string {
  const text = String(Number(value.toPrecision(10)))
  return text.startsWith('-') ? `−${text.slice(1)}` : text
}
