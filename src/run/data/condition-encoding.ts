import { nearest, ScorefieldError } from '../../base/index.ts'
import type { Named, Shape } from '../../engine/index.ts'

/** What rows are conditioned on, one entry a row: a number, a word, or several numbers. */
export type ConditionValues = ArrayLike<number> | readonly string[] | readonly (readonly number[])[]

/** How a condition comes to a model: numbers are brought to one scale, a word is one of those that were learned. */
export type ConditionEncoding =
  | {
      readonly name: string
      readonly kind: 'numbers'
      readonly shift: readonly number[]
      readonly scale: readonly number[]
    }
  | { readonly name: string; readonly kind: 'words'; readonly words: readonly string[] }

/** Numbers that a condition of this encoding has in a row. */
function widthOfCondition(encoding: ConditionEncoding): number {
  return encoding.kind === 'words' ? encoding.words.length : encoding.shift.length
}

/** The shape of each condition, as a model takes it; undefined where there is none. */
export function conditionShapes(encodings: readonly ConditionEncoding[]): Named<Shape> | undefined {
  if (encodings.length === 0) return undefined
  return Object.fromEntries(encodings.map((encoding) => [encoding.name, [widthOfCondition(encoding)]]))
}

/**
 * How the conditions of `count` rows are encoded: words by a coordinate each, numbers by mean and standard deviation.
 * @throws ScorefieldError `data/conditions`.
 */
export function fitConditions(
  given: Readonly<Record<string, ConditionValues>>,
  count: number,
): readonly ConditionEncoding[] {
  return Object.entries(given).map(([name, values]) => {
    const entries = entriesOf(name, values, count)
    if (typeof entries[0] === 'string') {
      const words = [...new Set(entries as readonly string[])].sort()
      return { name, kind: 'words', words }
    }
    const rows = entries as readonly (readonly number[])[]
    const columns = rows[0]!.map((_, k) => measured(rows.map((row) => row[k]!)))
    return {
      name,
      kind: 'numbers',
      shift: columns.map(({ mean }) => mean),
      // What is the same in every row tells nothing; it is left as it is.
      scale: columns.map(({ std }) => std || 1),
    }
  })
}

/**
 * Conditions of `count` rows as a model takes them, [count, width] each. What is given once holds for all rows.
 * @throws ScorefieldError `data/conditions` where one is missing, is unknown, or has a word that was not learned.
 */
export function encodeConditions(
  encodings: readonly ConditionEncoding[],
  given: Readonly<Record<string, ConditionValues | number | string>> | undefined,
  count: number,
): Named<Float32Array> | undefined {
  const names = encodings.map(({ name }) => name)
  const unknown = Object.keys(given ?? {}).find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw wrong(
      `The model takes no condition "${unknown}".`,
      names.length === 0 ? 'It was trained without conditions.' : `It takes ${names.join(', ')}.`,
    )
  if (encodings.length === 0) return undefined
  return Object.fromEntries(
    encodings.map((encoding) => {
      const values = given?.[encoding.name]
      if (values === undefined)
        throw wrong(
          `The condition "${encoding.name}" is missing.`,
          `The model was trained with ${names.join(', ')}.`,
        )
      return [encoding.name, encoded(encoding, values, count)]
    }),
  )
}

/**
 * Conditions of all rows, told as text: words as they are, numbers with commas between several. Errors: those of `encodeConditions`.
 */
export function encodeConditionTexts(
  encodings: readonly ConditionEncoding[],
  texts: Readonly<Record<string, string>>,
): Named<Float32Array> {
  const values = Object.entries(texts).map(([name, text]): [string, ConditionValues] => {
    const isWord = encodings.find((encoding) => encoding.name === name)?.kind === 'words'
    return [
      name,
      isWord ? [text] : [text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))],
    ]
  })
  return encodeConditions(encodings, Object.fromEntries(values), 1) ?? {}
}

function encoded(
  encoding: ConditionEncoding,
  given: ConditionValues | number | string,
  count: number,
): Float32Array {
  const { name } = encoding
  const width = widthOfCondition(encoding)
  const values =
    typeof given === 'number' || typeof given === 'string'
      ? (new Array<typeof given>(count).fill(given) as ConditionValues)
      : given
  const entries = entriesOf(name, values, count)
  const into = new Float32Array(count * width)
  for (const [row, entry] of entries.entries()) {
    if (encoding.kind === 'words') {
      const at = encoding.words.indexOf(String(entry))
      if (at < 0) throw unknownWord(encoding, String(entry))
      into[row * width + at] = 1
      continue
    }
    const numbers = typeof entry === 'string' ? [] : entry
    if (numbers.length !== width)
      throw wrong(
        `The condition "${name}" has ${typeof entry === 'string' ? 'words' : `${numbers.length} numbers a row`}; the model was trained with ${width === 1 ? 'a number' : `${width} numbers`} a row.`,
        'Give it as in training.',
      )
    numbers.forEach((value, k) => {
      into[row * width + k] = (value - encoding.shift[k]!) / encoding.scale[k]!
    })
  }
  return into
}

/** A condition row by row: a word, or numbers. */
function entriesOf(
  name: string,
  values: ConditionValues,
  count: number,
): readonly string[] | readonly (readonly number[])[] {
  if (values === null || typeof values !== 'object' || values.length !== count)
    throw wrong(
      `The condition "${name}" must have one entry for each of the ${count} rows${values?.length === undefined ? '' : `; it has ${values.length}`}.`,
      'Give an array of numbers, of words, or of arrays of numbers.',
    )
  const rows = Array.from(values as ArrayLike<number | string | readonly number[]>, (value) =>
    typeof value === 'number' ? [value] : value,
  )
  const first = rows[0]
  const fits = rows.every((row) =>
    typeof first === 'string'
      ? typeof row === 'string'
      : Array.isArray(row) &&
        row.length === (first as readonly number[]).length &&
        row.every(Number.isFinite),
  )
  if (fits) return rows as readonly string[] | readonly (readonly number[])[]
  throw wrong(
    `The condition "${name}" holds entries of several kinds, or numbers that are not finite.`,
    'Give every row a word, or every row the same count of finite numbers.',
  )
}

function measured(values: readonly number[]): { readonly mean: number; readonly std: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, std: Math.sqrt(variance) }
}

function unknownWord(
  { name, words }: { name: string; words: readonly string[] },
  word: string,
): ScorefieldError {
  const meant = nearest(word, words)
  return wrong(
    `"${word}" is no value of the condition "${name}" that the model knows.`,
    meant === undefined ? `It knows ${words.slice(0, 10).join(', ')}.` : `Did you mean ${meant}?`,
  )
}

function wrong(message: string, hint: string): ScorefieldError {
  return new ScorefieldError({ kind: 'data', code: 'data/conditions', message, hint })
}
