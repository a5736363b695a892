import type { PictureShape } from '../src/data/index.ts'
import * as f from '../src/engine/index.ts'
import { boxMask, type Damage, maskDamage } from '../src/run/index.ts'
import { type Operator, pictureBlur, pictureShrink, unchanged } from '../src/sampling/index.ts'

/** What has happened to pictures of a shape, and the noise beside it as a share of white minus black. */
export interface Problem {
  readonly name: string
  readonly kind: string
  readonly damage: Damage
  readonly noise: number
}

/** A kind of damage, and the noise that it is measured with. */
interface Kind {
  readonly name: string
  readonly noises: readonly number[]
  readonly damage: (shape: PictureShape) => Damage
}

const noises = [0, 0.02, 0.1]
const kinds: readonly Kind[] = [
  {
    name: 'left half missing',
    noises,
    damage: (shape) => maskDamage(boxMask(`0,0,${shape.width >> 1},${shape.height}`, shape), shape),
  },
  {
    name: 'blur of 1',
    noises,
    damage: (shape) => ({ operator: pictureBlur(eventOf(shape), 1), size: shape }),
  },
  {
    name: 'half the size',
    noises,
    damage: (shape) => ({
      operator: pictureShrink(eventOf(shape), 2),
      size: { width: shape.width / 2, height: shape.height / 2 },
    }),
  },
  {
    name: 'noise alone',
    noises: [0.1, 0.25],
    damage: (shape) => ({
      operator: unchanged(f.sizeOf(eventOf(shape))),
      size: shape,
    }),
  },
]

/** All that pictures of a shape are restored from; of `few` each kind with the least and the most noise alone. */
export function problemsOf(
  shape: PictureShape,
  { few = false }: { readonly few?: boolean } = {},
): readonly Problem[] {
  return kinds.flatMap(({ name, noises: all, damage }) =>
    (few ? [all[0]!, all.at(-1)!] : all).map((noise) => ({
      ...{ name: `${name}, noise ${noise}`, kind: name, damage: damage(shape), noise },
    })),
  )
}

/** A(x), [n, m], of points [n, d] that no program is compiled for. */
export function observed({ operator, known }: Damage, points: ArrayLike<number>): Float64Array {
  const rows = points.length / operator.dimension
  const x = f.constant({ shape: [rows, operator.dimension], data: Array.from(points) })
  const given = known && { known: f.constant({ shape: x.shape, data: repeated(known, rows) }) }
  return f.interpret([operator.apply(x, given ?? {})], new Map())[0]!
}

/** A of a linear operator, [m][d]. */
export function matrixOf(damage: Damage): readonly Float64Array[] {
  const { dimension: d, width } = damage.operator as Operator
  const unit = new Float64Array(d * d)
  for (let i = 0; i < d; i++) unit[i * d + i] = 1
  const columns = observed(damage, unit)
  return Array.from({ length: width }, (_, j) =>
    Float64Array.from({ length: d }, (_, i) => columns[i * width + j]!),
  )
}

function eventOf({ channels, height, width }: PictureShape): f.Shape {
  return [channels, height, width]
}

function repeated(values: ArrayLike<number>, rows: number): number[] {
  return Array.from({ length: values.length * rows }, (_, i) => values[i % values.length]!)
}
