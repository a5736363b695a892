import * as f from '../../engine/index.ts'
import {
  filter,
  grownTo,
  linear,
  type ParameterSpec,
  patched,
  patchFor,
  perChannel,
  roundedUp,
  weight,
  zeros,
} from '../../nn/index.ts'

/** Numbers of the last hidden layer: what pictures are compared by. */
export const featureWidth = 64

/** Places that the finest level has, at most; patches stand for finer ones. */
const mostPlaces = 256
/** Channels of the levels, from fine to coarse. */
const channelsOf = [32, 64] as const
/** A level is halved where the coarser one has at least so many places a side. */
const fewestPlaces = 2

/** A classifier of pictures whose last hidden layer are features. */
export interface FeatureNetwork {
  readonly parameters: f.Named<ParameterSpec>
  /** Shape of a picture, [c, h, w]. */
  readonly event: f.Shape
  readonly classes: number
  /** x: [B, ...event] → [B, featureWidth]. */
  readonly features: (parameters: f.Named<f.Tensor>, x: f.Tensor) => f.Tensor
  /** Log odds of the classes, of features: [B, featureWidth] → [B, classes]. */
  readonly logits: (parameters: f.Named<f.Tensor>, features: f.Tensor) => f.Tensor
}

/**
 * A small convolutional classifier: patches; on each of two levels two convolutions with a window of 3, each h ← SiLU(norm(conv(h)) + b),
 * and between the levels the mean of 2 places a side; features = SiLU(W h + b) of all places; logits = V features + c.
 *
 * Distances of features are distances of what tells classes apart. They are this network's own, and not to be compared with those of
 * another one, such as of Inception.
 */
export function featureNetwork({
  event,
  classes,
}: {
  readonly event: f.Shape
  readonly classes: number
}): FeatureNetwork {
  const [channelsIn, ...sides] = event as [number, ...number[]]
  const patch = patchFor(sides, mostPlaces)
  const axes = sides.length
  const levels = Math.min(...sides) / patch >= 2 * fewestPlaces ? channelsOf : channelsOf.slice(0, 1)
  const window = new Array<number>(axes).fill(3)
  const blocks = levels.flatMap((to, level) => {
    const before = level === 0 ? channelsIn * patch ** axes : levels[level - 1]!
    return [before, to].map((from, k) => ({
      name: `level${level}.${k}`,
      from,
      to,
      pools: level > 0 && k === 0,
    }))
  })
  const last = levels.at(-1)!
  const grown = roundedUp(sides, patch * 2 ** (levels.length - 1))
  const places = f.sizeOf(grown) / (patch * 2 ** (levels.length - 1)) ** axes
  const parameters: Record<string, ParameterSpec> = {}
  for (const { name, from, to } of blocks) {
    parameters[`${name}.filter`] = filter(to, from, window)
    parameters[`${name}.bias`] = zeros([to])
  }
  parameters['features.weight'] = weight(last * places, featureWidth)
  parameters['features.bias'] = zeros([featureWidth])
  parameters['classes.weight'] = weight(featureWidth, classes)
  parameters['classes.bias'] = zeros([classes])
  return {
    parameters,
    event,
    classes,
    features: (p, x) => {
      const rows = x.shape[0]!
      let h = patched(grownTo(x, grown), patch)
      for (const { name, to, pools } of blocks) {
        if (pools) h = f.averagePool(h, { size: 2 })
        const normed = f.groupNorm(f.conv(h, p[`${name}.filter`]!), { groups: to / 16 })
        h = f.silu(f.add(normed, perChannel(f.broadcastTo(p[`${name}.bias`]!, [rows, to]), normed)))
      }
      return f.silu(linear(f.reshape(h, [rows, last * places]), p['features.weight']!, p['features.bias']!))
    },
    logits: (p, features) => linear(features, p['classes.weight']!, p['classes.bias']!),
  }
}
