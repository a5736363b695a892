import { ScorefieldError } from '../../base/index.ts'
import {
  type Contents,
  contentChanges,
  contentsOf,
  type Encoding,
  fixedSource,
  freshSource,
  plainEncoding,
  type RowSplit,
  type Scaling,
  type SplitShares,
  splitRows,
  splitShares,
  type Table,
  tableHashes,
} from '../../data/index.ts'
import type { Density } from '../../density/index.ts'
import { mapNamed, type Named, type Shape } from '../../engine/index.ts'
import { measureMoments, measureScale } from '../../training/index.ts'
import {
  type ConditionEncoding,
  type ConditionValues,
  conditionShapes,
  encodeConditions,
  fitConditions,
} from './condition-encoding.ts'
import { dataMoments } from './data-moments.ts'
import { type GivenNumbers, isDensity, type Numbers, numbersOf, plainNames } from './given-numbers.ts'
import type { DataDescription, PreparedData } from './kind.ts'
import { changedData } from './split-of-data.ts'

/** From rows of numbers to a model and back. */
export interface Vectors {
  readonly columns: readonly string[]
  /** Shape of a point that is no row, such as [c, h, w] of a picture. */
  readonly shape?: Shape
  /** Absent where coordinates are the numbers themselves. */
  readonly scaling?: Scaling
  readonly conditions: readonly ConditionEncoding[]
}

/** What data.json says of rows of numbers that a program gave. */
export interface VectorDescription extends DataDescription, Vectors {
  readonly version: 1
  readonly kind: 'vectors'
  readonly source: string
  /** Rows in all, and those learned from; absent of a density, which has no end. */
  readonly rowCount?: number
  readonly trainingRows?: number
  readonly contents?: Contents
}

/** What a program says of its rows. */
export interface VectorWishes {
  readonly seed: number
  /** What they are called. */
  readonly source: string
  /**
   * Whether each column is brought to mean 0 and deviation 1, points of a shape all numbers alike; unless told, rows are, and draws of
   * a density are not.
   */
  readonly scale?: boolean | undefined
  readonly conditions?: Readonly<Record<string, ConditionValues>> | undefined
  readonly split?: (Partial<SplitShares> & { readonly seed?: number | undefined }) | undefined
  /** Those of an earlier model, whose scaling and conditions hold for these rows, too. */
  readonly like?: Vectors | undefined
}

/** Draws of a density that the scale is measured on. */
const measuredRows = 5000

/** Rows or a density made ready for training. Rows are split by a hash of their content, as those of tables are. */
export function prepareVectors(
  data: Density | GivenNumbers,
  wishes: VectorWishes,
): PreparedData & { readonly description: VectorDescription } {
  return isDensity(data) ? prepareDensity(data, wishes) : prepareRows(data, wishes)
}

/** From the columns to the model's coordinates and back. */
export function vectorEncoding({ columns, scaling, shape }: Omit<Vectors, 'conditions'>): Encoding {
  return plainEncoding(columns, scaling, shape)
}

/** Throws `data/changed` unless `now` are the rows that a model was trained on. */
export function requireSameVectors(before: DataDescription, now: VectorDescription): void {
  const { contents } = before as Partial<VectorDescription>
  const changes = contents && now.contents ? contentChanges(contents, now.contents) : undefined
  if (changes) throw changedData(changes, now.source)
}

function prepareDensity(
  density: Density,
  { seed, source, scale = false, conditions, like }: VectorWishes,
): ReturnType<typeof prepareVectors> {
  const { dimension } = density
  if (Object.keys(conditions ?? {}).length > 0)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'data/conditions',
      message: 'Draws of a density have no conditions.',
      hint: 'Give rows, and a condition for each of them.',
    })
  // The scale is measured on rows that training does not see: another seed's.
  const measured = density.sample({ seed: seed + 1, first: 0, count: measuredRows })
  const columns = plainNames(dimension)
  const numbers = { values: Float64Array.from(measured), count: measuredRows, names: columns }
  const scaling = like ? like.scaling : scale ? scalingOf(numbers) : undefined
  const scaled = coordinates(numbers, scaling)
  const description: VectorDescription = {
    ...{ version: 1, kind: 'vectors', source, columns, conditions: [], notes: [] },
    ...(scaling ? { scaling } : {}),
    moments: dataMoments(scaled, dimension),
  }
  return {
    description,
    chosen: {},
    encoding: vectorEncoding(description),
    moments: () => measureMoments(scaled, dimension),
    source: freshSource({
      event: [dimension],
      sample: (range) => {
        const drawn = density.sample({ seed, ...range })
        return scaling
          ? coordinates({ ...numbers, values: Float64Array.from(drawn), count: range.count }, scaling)
          : drawn
      },
    }),
    facts: {
      dimension,
      rows: Number.POSITIVE_INFINITY,
      heldOutRows: 0,
      scale: requireVaried(measureScale(scaled, dimension)),
      seed,
    },
    notes: [],
  }
}

function prepareRows(data: GivenNumbers, wishes: VectorWishes): ReturnType<typeof prepareVectors> {
  const { seed, source, scale = true, like } = wishes
  const numbers = numbersOf(data, like?.columns)
  const { names: columns, count, shape = like?.shape } = numbers
  const dimension = columns.length
  const conditions = like ? like.conditions : fitConditions(wishes.conditions ?? {}, count)
  const given = encodeConditions(conditions, wishes.conditions, count)
  const hashes = tableHashes(tableOfNumbers(numbers, source))
  // Nobody asked for rows to report by: those are held out that choose the weights, of tables large enough.
  const { seed: splitSeed = seed, ...told } = wishes.split ?? {}
  const shares = splitShares(count, { test: 0, ...told })
  const split = splitRows({ hashes: hashes.rows, seed: splitSeed, ...shares })
  const scaling = like
    ? like.scaling
    : scale
      ? scalingOf(taken(numbers, split.train), shape !== undefined)
      : undefined
  const points = coordinates(numbers, scaling)
  const at = (rows: Int32Array): Float32Array => rowsOf(points, rows, dimension)
  const conditionsAt = (rows: Int32Array): Named<Float32Array> | undefined =>
    given && mapNamed(given, (values) => rowsOf(values, rows, values.length / count))
  const training = at(split.train)
  const choosing = choosingRows(split, shares)
  const shapes = conditionShapes(conditions)
  const description: VectorDescription = {
    ...{ version: 1, kind: 'vectors', source, columns, conditions, notes: [] },
    ...{ rowCount: count, trainingRows: split.train.length, contents: contentsOf(columns, hashes) },
    ...(shape ? { shape } : {}),
    ...(scaling ? { scaling } : {}),
    moments: dataMoments(training, dimension),
  }
  return {
    description,
    chosen: { split: shares },
    encoding: vectorEncoding(description),
    moments: () => measureMoments(training, dimension),
    source: fixedSource({
      example: { event: shape ?? [dimension], conditions: shapes },
      points: training,
      conditions: conditionsAt(split.train),
      seed,
    }),
    heldOut: choosing.length > 0 ? { rows: at(choosing), conditions: conditionsAt(choosing) } : undefined,
    facts: {
      dimension,
      rows: split.train.length,
      heldOutRows: choosing.length,
      scale: requireVaried(measureScale(training, dimension)),
      seed,
    },
    notes: [],
  }
}

function choosingRows(split: RowSplit, { weightsBy }: SplitShares): Int32Array {
  return { validation: split.validation, test: split.test, none: new Int32Array() }[weightsBy]
}

function tableOfNumbers({ values, count, names }: Numbers, source: string): Table {
  return {
    rowCount: count,
    source,
    columns: names.map((name, k) => ({
      ...{ kind: 'number', name, type: 'DOUBLE', decimals: 0 },
      values: Float64Array.from({ length: count }, (_, row) => values[row * names.length + k]!),
    })),
  }
}

/** Mean and standard deviation of each column, or, `alike`, of all numbers together. Throws `data/constant`. */
function scalingOf({ values, names }: Numbers, alike = false): Scaling {
  const stride = alike ? 1 : names.length
  const measured = names.slice(0, stride).map((name, k) => {
    let mean = 0
    let squares = 0
    let seen = 0
    for (let at = k; at < values.length; at += stride) {
      // Welford's update: one pass, no cancellation.
      const value = values[at]!
      const delta = value - mean
      mean += delta / ++seen
      squares += delta * (value - mean)
    }
    const std = Math.sqrt(squares / seen)
    // A float32 cannot tell such values apart.
    if (!(std > 1e-7 * Math.abs(mean)))
      throw new ScorefieldError({
        kind: 'data',
        code: 'data/constant',
        message:
          names.length === 1 || alike
            ? 'The rows to learn from are all alike.'
            : `The column ${name} has the same value in every row, ${mean}.`,
        hint: 'Leave it out: a score model needs data that vary.',
      })
    return { mean, std }
  })
  const each = names.map((_, k) => measured[k % stride]!)
  return { shift: each.map(({ mean }) => mean), scale: each.map(({ std }) => std) }
}

/** x = (v − shift)/scale of each row, [n, d]. */
export function coordinates({ values, names }: Numbers, scaling: Scaling | undefined): Float32Array {
  if (!scaling) return Float32Array.from(values)
  const { shift, scale } = scaling
  return Float32Array.from(
    values,
    (value, i) => (value - shift[i % names.length]!) / scale[i % names.length]!,
  )
}

function taken({ values, names }: Numbers, rows: Int32Array): Numbers {
  const width = names.length
  const chosen = new Float64Array(rows.length * width)
  rows.forEach((row, i) => {
    chosen.set(values.subarray(row * width, (row + 1) * width), i * width)
  })
  return { values: chosen, count: rows.length, names }
}

function rowsOf(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const chosen = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    chosen.set(values.subarray(row * width, (row + 1) * width), i * width)
  })
  return chosen
}

function requireVaried<S extends { readonly sigmaData: number }>(scale: S): S {
  if (scale.sigmaData > 0) return scale
  throw new ScorefieldError({
    kind: 'data',
    code: 'data/constant',
    message: 'The rows to learn from are all alike.',
    hint: 'A score model needs data that vary.',
  })
}
