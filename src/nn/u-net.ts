import * as f from '../engine/index.ts'
import { headsOf, selfAttention } from './attention.ts'
import { embeddingOf, linear } from './embedding.ts'
import type { BuiltNetwork, Network } from './network.ts'
import { filter, type ParameterSpec, weight, zeros } from './parameter.ts'
import {
  asTokens,
  cropped,
  fromTokens,
  grownTo,
  hasPlaces,
  patched,
  patchFor,
  roundedUp,
  unpatched,
} from './places.ts'
import { valuesUnder, withPrefixes } from './prefixes.ts'
import { magnitudePreservingBlock, normalised, normalisedBlock } from './residual-block.ts'

/**
 * U-Net for channels over one, two or three axes of places: residual blocks at each resolution on the way down and up again, what
 * the way down leaves at a resolution added on the way up.
 *
 * h₀ = conv(patches of x); on level l = 0 … L − 1, C·2ˡ channels: `blocks` residual blocks, then the mean of 2 places a side; at the
 * coarsest level self-attention, heads of 64 channels; and back: nearest places doubled, h ← (block(h) + h of the way down)/√2,
 * `blocks` residual blocks; F = conv(SiLU(h)), patches put back. Each block is told e = SiLU([sin ωc, cos ωc, c] Wₑ + condition Vₑ + bₑ).
 * The last filter starts at zero, so the untrained network is the zero function. Sides that patches and levels do not divide grow by
 * zeros, and are cropped at the end. A vector that comes out, such as an energy, is a linear map of the mean over the places.
 *
 * Sizes: `channels` C of the finest level; `levels` L; `blocks` of each level, each way; `attention`, 1 for it; `patch`, places a side
 * that are seen as one; `magnitude`, 1 for magnitude-preserving blocks, 0 for group norms.
 * Ronneberger, Fischer, Brox 2015; Ho, Jain, Abbeel 2020; Karras et al. 2024 (magnitude-preserving layers).
 */
export const uNet: Network = {
  name: 'u-net',
  summary:
    'residual convolutions at several resolutions with skips between them, for pictures, series and films',
  source: 'Ronneberger, Fischer, Brox 2015; Karras et al. 2024',
  takes: hasPlaces,
  mayBeNone: ['attention', 'magnitude'],
  // Filters of unit length: a step turns them the less, the longer they have grown.
  learningRate: 4e-3,
  defaultSize: ({ event, rows }) => {
    const sides = event.slice(1)
    const patch = patchFor(sides, mostPlaces)
    // The coarsest level has 4 to 7 places a side.
    const least = Math.min(...sides, 1024) / patch
    const levels = Math.max(1, Math.min(4, 1 + Math.floor(Math.log2(least / 4))))
    return { channels: rows > 1000 ? 64 : 32, levels, blocks: 1, attention: 1, patch, magnitude: 1 }
  },
  sizes: (data) => [16, 32, 48, 64, 96, 128].map((channels) => ({ ...uNet.defaultSize(data), channels })),
  build: ({ event, outputs = event, conditionWidth = 0, noise: levelled = true }, size): BuiltNetwork => {
    const { levels, blocks, patch } = size as Record<'levels' | 'blocks' | 'patch', number>
    const kind = size['magnitude'] === 1 ? magnitudePreservingBlock : normalisedBlock
    const [channelsIn, ...sides] = event as [number, ...number[]]
    const axes = sides.length
    const channels = Array.from({ length: levels }, (_, l) => size['channels']! * 2 ** l)
    const heads = headsOf(channels.at(-1)!)
    const embedding = levelled || conditionWidth > 0 ? 4 * channels[0]! : 0
    const embed = embeddingOf({ levels: levelled, conditionWidth, width: embedding })
    const plan = planOf(channels, blocks)
    const givesVector = outputs.length === 1
    const inPatch = patch ** axes

    const parameters: Record<string, ParameterSpec> = { ...embed.parameters }
    // One more channel that is 1 where there is a point: it stands for a bias, and shows the border.
    parameters['in.filter'] = filter(
      channels[0]!,
      (channelsIn + 1) * inPatch,
      new Array<number>(axes).fill(3),
    )
    const blocksOwn = plan.all.map(
      ({ name, from, to }) => [`${name}.`, kind.parameters({ from, to, axes, embedding })] as const,
    )
    Object.assign(parameters, withPrefixes(blocksOwn))
    if (size['attention'] === 1) {
      const width = channels.at(-1)!
      parameters['attention.in.weight'] = weight(width, 3 * width)
      parameters['attention.out.weight'] = weight(width, width, 0.1)
    }
    const [finest] = channels as [number]
    if (givesVector) {
      parameters['out.weight'] = zeros([finest, outputs[0]!])
      parameters['out.bias'] = zeros([outputs[0]!])
    } else {
      const last = filter(outputs[0]! * inPatch, finest, new Array<number>(axes).fill(3))
      parameters['out.filter'] = { ...last, start: { of: 'constant', value: 0 } }
    }

    const grown = roundedUp(sides, patch * 2 ** (levels - 1))
    return {
      parameters,
      apply: (p, { x, noise, condition }) => {
        const rows = x.shape[0]!
        const e = embed.apply(p, noise, condition)
        const through = (h: f.Tensor, { name }: Block): f.Tensor =>
          f.withLabel(name, () => kind.apply(valuesUnder(`${name}.`, p), h, e))
        let h = f.withLabel('input', () => {
          const ones = f.broadcastTo(f.constant(1), [rows, 1, ...sides])
          const seen = patched(grownTo(f.concat([x, ones], { axis: 1 }), grown), patch)
          return f.conv(seen, kind.used(p['in.filter']!))
        })
        const left: f.Tensor[] = []
        plan.down.forEach((level, l) => {
          if (l > 0) h = f.averagePool(h, { size: 2 })
          for (const block of level) h = through(h, block)
          left.push(h)
        })
        if (size['attention'] === 1) h = f.withLabel('attention', () => attended(p, h, heads))
        plan.up.forEach((level, k) => {
          const l = levels - 1 - k
          if (k > 0) h = f.upsample(h, { factor: 2 })
          level.forEach((block, b) => {
            h = through(h, block)
            if (b === 0) h = f.mul(f.add(h, left[l]!), Math.SQRT1_2)
          })
        })
        return f.withLabel('output', () => {
          const last = kind.last(h)
          if (!givesVector) return cropped(unpatched(f.conv(last, p['out.filter']!), patch), sides)
          const mean = f.mean(last, { axes: sides.map((_, k) => 2 + k) })
          return linear(mean, p['out.weight']!, p['out.bias']!)
        })
      },
    }
  },
}

/** Places of the finest level: of 28 × 28 pictures, patches of 2 × 2 learn more in the same time than single places. */
const mostPlaces = 256

/** A block by its name, with how many channels come and go. */
interface Block {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** The blocks of each level, on the way down from the finest, and on the way up from the coarsest. */
function planOf(
  channels: readonly number[],
  blocks: number,
): { readonly down: Block[][]; readonly up: Block[][]; readonly all: Block[] } {
  let from = channels[0]!
  const level = (way: string, l: number): Block[] =>
    Array.from({ length: blocks }, (_, b) => {
      const block = { name: `${way}${l}.block${b}`, from, to: channels[l]! }
      from = channels[l]!
      return block
    })
  const down = channels.map((_, l) => level('down', l))
  const up = channels.map((_, k) => level('up', channels.length - 1 - k))
  return { down, up, all: [...down, ...up].flat() }
}

function attended(p: f.Named<f.Tensor>, h: f.Tensor, heads: number): f.Tensor {
  const [rows, , ...sides] = h.shape as [number, number, ...number[]]
  const mixed = selfAttention(asTokens(normalised(h)), p['attention.in.weight']!, { rows, heads })
  return f.add(h, fromTokens(f.matmul(mixed, p['attention.out.weight']!), rows, sides))
}
