import * as f from '../engine/index.ts'
import type { ParameterSpec } from '../nn/index.ts'
import type { Player } from '../objective/index.ts'

/** One long vector of a player's parameters: those that weight decay applies to, or the others. */
export interface Pack {
  readonly name: string
  /** Name of the player. */
  readonly player: string
  readonly decays: boolean
}

interface Place {
  readonly name: string
  readonly pack: string
  readonly offset: number
  readonly size: number
  readonly shape: f.Shape
}

/**
 * All parameters one after the other in two long vectors a player, so that an optimiser's dozen of elementwise operations run
 * twice a step, not once a parameter. With some twenty parameters that is hundreds of operations less: a third of the
 * time of a step of a small network.
 */
export class Packing {
  readonly packs: readonly Pack[]
  private readonly places: readonly Place[]
  private readonly sizes: Record<string, number>

  /** Throws `training/players` unless each parameter is of exactly one player. */
  constructor(parameters: f.Named<ParameterSpec>, players: readonly Player[]) {
    this.packs = players.flatMap(({ name, prefix }) => {
      const of = (kind: string): string => (prefix === '' ? kind : `${name}/${kind}`)
      return [
        { name: of('matrices'), player: name, decays: true },
        { name: of('vectors'), player: name, decays: false },
      ]
    })
    this.sizes = Object.fromEntries(this.packs.map(({ name }) => [name, 0]))
    this.places = Object.entries(parameters).map(([name, { shape, decays }]) => {
      const owners = players.filter(({ prefix }) => name.startsWith(prefix))
      if (owners.length !== 1)
        throw new f.ScorefieldError({
          kind: 'internal',
          code: 'training/players',
          message: `The parameter "${name}" belongs to ${owners.length} players; each belongs to one.`,
        })
      const pack = this.packs.find((it) => it.player === owners[0]!.name && it.decays === decays)!.name
      const size = f.sizeOf(shape)
      const offset = this.sizes[pack]!
      this.sizes[pack]! += size
      return { name, pack, offset, size, shape }
    })
  }

  /** Types of the packs. */
  get types(): Record<string, f.TensorType> {
    const types = this.packs.map(
      ({ name }) => [name, { shape: [this.sizes[name]!], dtype: 'float32' }] as const,
    )
    return Object.fromEntries(types)
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

  /** Values of the parameters, packed. */
  pack(values: f.Named<ArrayLike<number>>): Record<string, Float64Array> {
    const packs = Object.fromEntries(
      this.packs.map(({ name }) => [name, new Float64Array(this.sizes[name]!)]),
    )
    for (const { name, pack, offset, size } of this.places) {
      const value = values[name]
      if (value?.length !== size)
        throw new f.ScorefieldError({
          kind: 'internal',
          code: 'training/state',
          message: `The state has ${value?.length ?? 'no'} values for "${name}"; ${size} are needed.`,
        })
      packs[pack]!.set(value, offset)
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
