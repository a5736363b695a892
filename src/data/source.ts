import { RandomStream, ScorefieldError } from '../base/index.ts'
import { type Named, type Shape, sizeOf } from '../engine/index.ts'

/** What one example to learn from is. */
export interface Example {
  /** Shape of its point: [d] of a row, [c, h, w] of a picture, [t, c] of a series or sound, [t, c, h, w] of a film. */
  readonly event: Shape
  /** Shape of each thing that it is conditioned on, by name; nothing unless given. */
  readonly conditions?: Named<Shape> | undefined
}

/** Examples in memory, one after the other. */
export interface Examples {
  /** Their points, [n, ...event]. */
  readonly points: Float32Array
  /** What they are conditioned on, [n, ...shape] each, by the names of `Example.conditions`. */
  readonly conditions: Named<Float32Array>
}

/** Which examples: first … first + count − 1. */
export interface ExampleRange {
  readonly first: number
  readonly count: number
}

/**
 * Where training examples come from: an endless sequence.
 *
 * Example n is a function of the source and n only, so a run can stop anywhere and go on, and batches of any size see
 * the same sequence.
 */
export interface Source {
  readonly example: Example
  /** Distinct examples; Infinity where fresh ones are drawn. */
  readonly count: number
  /** Fetches what these examples need; to be awaited before `fill`. Absent where all is at hand. */
  readonly ready?: (range: ExampleRange) => Promise<void>
  /** Writes these examples into `into`, which has room for them. */
  readonly fill: (range: ExampleRange, into: Examples) => void
}

/** Room for so many examples. */
export function roomFor({ event, conditions = {} }: Example, count: number): Examples {
  return {
    points: new Float32Array(count * sizeOf(event)),
    conditions: Object.fromEntries(
      Object.entries(conditions).map(([name, shape]) => [name, new Float32Array(count * sizeOf(shape))]),
    ),
  }
}

/** Which of `count` things example n is: each once an epoch, in an order drawn anew for each from the seed. */
export function epochOrder(options: {
  readonly count: number
  readonly seed: number
}): (example: number) => number {
  const { count, seed } = options
  const order = new RandomStream({ seed, name: 'epoch order' })
  let epoch = -1
  let permutation: Uint32Array = new Uint32Array()
  return (example) => {
    const wanted = Math.floor(example / count)
    if (wanted !== epoch) {
      permutation = order.permutation({ index: wanted, size: count })
      epoch = wanted
    }
    return permutation[example % count]!
  }
}

/**
 * Examples made of a fixed set of things: each once an epoch, in an order drawn anew for each epoch from the seed.
 *
 * `encode` writes thing `which` for example `example` into the place given: it may draw fresh dequantisation noise.
 */
export function shuffledSource(options: {
  readonly example: Example
  readonly count: number
  readonly seed: number
  readonly encode: (which: number, example: number, into: Examples) => void
}): Source {
  const { example, count, encode } = options
  const placeOf = epochOrder(options)
  return {
    example,
    count,
    fill: ({ first, count: wanted }, into) => {
      for (let i = 0; i < wanted; i++) encode(placeOf(first + i), first + i, placeIn(into, example, i))
    },
  }
}

/** Examples that are given, n ≥ 1 of them. */
export interface GivenExamples extends Pick<Examples, 'points'> {
  readonly example: Example
  /** Needed where the example has conditions. */
  readonly conditions?: Examples['conditions'] | undefined
}

/**
 * The examples given, each once an epoch, in an order drawn anew for each epoch from the seed.
 * @throws ScorefieldError `data/rows`.
 */
export function fixedSource(options: GivenExamples & { readonly seed: number }): Source {
  const { example, seed } = options
  const { count, copy } = checked(options)
  return shuffledSource({ example, count, seed, encode: (which, _, into) => copy(which, into, 0) })
}

/** The examples given, one after the other, again and again. @throws ScorefieldError `data/rows`. */
export function orderedSource(options: GivenExamples): Source {
  const { example } = options
  const { count, copy } = checked(options)
  return {
    example,
    count,
    fill: ({ first, count: wanted }, into) => {
      for (let i = 0; i < wanted; i++) copy((first + i) % count, into, i)
    },
  }
}

/** Fresh examples of a distribution that can be sampled: example n is its n-th sample. */
export function freshSource(options: {
  readonly event: Shape
  readonly sample: (range: ExampleRange) => ArrayLike<number>
}): Source {
  const { event, sample } = options
  return {
    example: { event },
    count: Number.POSITIVE_INFINITY,
    fill: (range, into) => into.points.set(sample(range)),
  }
}

/** Views of example `i` alone. */
function placeIn(
  { points, conditions }: Examples,
  { event, conditions: shapes = {} }: Example,
  i: number,
): Examples {
  const view = (values: Float32Array, shape: Shape): Float32Array =>
    values.subarray(i * sizeOf(shape), (i + 1) * sizeOf(shape))
  const own = Object.entries(shapes).map(([name, shape]) => [name, view(conditions[name]!, shape)])
  return { points: view(points, event), conditions: Object.fromEntries(own) }
}

/** How many examples are given, and how one of them is copied to place `at`. */
function checked({ example, points, conditions = {} }: GivenExamples): {
  readonly count: number
  readonly copy: (which: number, into: Examples, at: number) => void
} {
  const width = sizeOf(example.event)
  const shapes = Object.entries(example.conditions ?? {})
  const count = points.length / width
  const wrong = (what: string, hint: string): ScorefieldError =>
    new ScorefieldError({ kind: 'data', code: 'data/rows', message: what, hint })
  if (!(count >= 1 && Number.isInteger(count)))
    throw wrong(
      `${points.length} numbers are not rows of ${width} columns, of which there must be at least one.`,
      'Give the rows one after the other, as [n, d].',
    )
  for (const [name, shape] of shapes)
    if (conditions[name]?.length !== count * sizeOf(shape))
      throw wrong(
        `The condition "${name}" has ${conditions[name]?.length ?? 'no'} numbers; ${count} examples need ${count * sizeOf(shape)}.`,
        `Give it for each example, as [n, ${shape.join(', ')}].`,
      )
  const copy = (which: number, into: Examples, at: number): void => {
    into.points.set(points.subarray(which * width, (which + 1) * width), at * width)
    for (const [name, shape] of shapes) {
      const size = sizeOf(shape)
      into.conditions[name]!.set(conditions[name]!.subarray(which * size, (which + 1) * size), at * size)
    }
  }
  return { count, copy }
}
