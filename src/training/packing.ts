import * as f from '../engine/index.ts'

/** Names of the two packs: matrices, which weight decay applies to, and all else. */
export const packNames = ['matrices', 'vectors'] as const
export type PackName = (typeof packNames)[number]

interface Place {
  readonly name: string
  readonly pack: PackName
  readonly offset: number
  readonly size: number
  readonly shape: f.Shape
}

/**
 * All parameters one after the other in two long vectors, so that an optimiser's dozen of elementwise operations run
 * twice a step, not once a parameter. With some twenty parameters that is hundreds of operations less: a third of the
 * time of a step of a small network.
 */
export class Packing {
  private readonly places: readonly Place[]
  private readonly sizes: Record<PackName, number> = { matrices: 0, vectors: 0 }

  constructor(parameters: f.Named<f.TensorType>) {
    this.places = Object.entries(parameters).map(([name, { shape }]) => {
      const pack = shape.length >= 2 ? 'matrices' : 'vectors'
      const size = f.sizeOf(shape)
      const offset = this.sizes[pack]
      this.sizes[pack] += size
      return { name, pack, offset, size, shape }
    })
  }

  /** Types of the packs. */
  get types(): Record<PackName, f.TensorType> {
    const vector = (size: number): f.TensorType => ({ shape: [size], dtype: 'float32' })
    return { matrices: vector(this.sizes.matrices), vectors: vector(this.sizes.vectors) }
  }

  /** The parameters, as views of the packs. */
  open(packs: f.Named<f.Tensor>): Record<string, f.Tensor> {
    return Object.fromEntries(
      this.places.map(({ name, pack, offset, size, shape }) => {
        const part = f.slice(packs[pack]!, { axis: 0, start: offset, end: offset + size })
        return [name, f.reshape(part, shape)]
      }),
    )
  }

  /** Tensors of the parameters' shapes, packed. */
  close(tensors: f.Named<f.Tensor>): Record<PackName, f.Tensor> {
    const join = (pack: PackName): f.Tensor => {
      const parts = this.places.filter((place) => place.pack === pack)
      if (parts.length === 0) return f.constant({ shape: [0], data: [] })
      return f.concat(
        parts.map(({ name, size }) => f.reshape(tensors[name]!, [size])),
        { axis: 0 },
      )
    }
    return { matrices: join('matrices'), vectors: join('vectors') }
  }

  /** Values of the parameters, packed. */
  pack(values: f.Named<ArrayLike<number>>): Record<PackName, Float64Array> {
    const packs = {
      matrices: new Float64Array(this.sizes.matrices),
      vectors: new Float64Array(this.sizes.vectors),
    }
    for (const { name, pack, offset, size } of this.places) {
      const value = values[name]
      if (value?.length !== size)
        throw new f.ScorefieldError({
          kind: 'internal',
          code: 'training/state',
          message: `The state has ${value?.length ?? 'no'} values for "${name}"; ${size} are needed.`,
        })
      packs[pack].set(value, offset)
    }
    return packs
  }

  /** The parameters' values out of the packs; the element type stays. */
  unpack(packs: f.Named<f.HostArray>): Record<string, f.HostArray> {
    return Object.fromEntries(
      this.places.map(({ name, pack, offset, size }) => [name, packs[pack]!.slice(offset, offset + size)]),
    )
  }
}
