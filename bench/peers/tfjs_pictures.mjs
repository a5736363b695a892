/** TensorFlow.js' side of the networks for pictures. Pictures are [B, h, w, channels] here, filters [k, k, in, out]. Browser-safe. */
import * as tf from '@tensorflow/tfjs'
import { convolution, normalised, silu, transposingProduct } from './tfjs_gradients.mjs'
import { makePictures } from './workload.mjs'

const frequencies = Array.from({ length: 16 }, (_, i) => 2 * Math.PI * 0.125 * 16 ** (i / 15))
const toldWidth = 2 * frequencies.length + 1
/** Root of the mean square of SiLU of a normal number; share of a block's own branch, and the length of both shares. */
const [siluSize, branch] = [0.596, 0.3]
const length = Math.hypot(1 - branch, branch)

/** Variables and loss of a workload, from the numbers that every peer has. */
export function openPictures(workload) {
  const { network, size, side, batchSize } = workload
  const { shapes, apply } = networks[network]({ ...size, side })
  const made = makePictures(workload, shapes)
  const variables = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      const value = tf.tensor(made.parameters[name], shape)
      return [name, tf.variable(shape.length === 4 ? tf.transpose(value, [2, 3, 1, 0]) : value)]
    }),
  )
  const picture = (values) => tf.tensor(values, [batchSize, side, side, 1]) // One channel: the same in either order.
  const [x, y, told] = [picture(made.x), picture(made.y), toldOf(made.noise)]
  return {
    variables: Object.values(variables),
    loss: () => apply(variables, x, told).sub(y).square().mean(),
  }
}

/** Sines, cosines and the level itself, [B, 33]: the same in every step. */
const toldOf = (noise) =>
  tf.tidy(() => {
    const level = tf.tensor2d(noise, [noise.length, 1])
    const angles = tf.matMul(level, tf.tensor2d(frequencies, [1, frequencies.length]))
    return tf.concat([tf.sin(angles), tf.cos(angles), level], 1)
  })

const networks = { 'u-net': uNet, transformer }

const linear = (x, p, name) => transposingProduct(x, p[`${name}.weight`]).add(p[`${name}.bias`])

/** tokens [B·T, width] to [B·T, width], before the last product. */
function attention(tokens, weight, rows, heads) {
  const width = tokens.shape[1]
  const count = tokens.shape[0] / rows
  const perHead = (values) => tf.transpose(values.reshape([rows, count, heads, width / heads]), [0, 2, 1, 3])
  const [q, k, v] = tf.split(transposingProduct(tokens, weight), 3, 1).map(perHead)
  const scores = transposingProduct(q, tf.transpose(k, [0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads))
  const mixed = transposingProduct(tf.softmax(scores), v)
  return tf.transpose(mixed, [0, 2, 1, 3]).reshape([rows * count, width])
}

/** `size` × `size` places as one, their values in the order channel, row, column. */
function patched(x, size) {
  if (size === 1) return x
  const [rows, height, width, channels] = x.shape
  const split = x.reshape([rows, height / size, size, width / size, size, channels])
  return tf
    .transpose(split, [0, 1, 3, 5, 2, 4])
    .reshape([rows, height / size, width / size, channels * size ** 2])
}

function unpatched(x, size) {
  if (size === 1) return x
  const [rows, height, width, channels] = x.shape
  const split = x.reshape([rows, height, width, channels / size ** 2, size, size])
  return tf
    .transpose(split, [0, 1, 4, 2, 5, 3])
    .reshape([rows, height * size, width * size, channels / size ** 2])
}

function uNet({ channels, levels, blocks, patch, magnitude }) {
  const widths = Array.from({ length: levels }, (_, level) => channels * 2 ** level)
  const [embedding, widest] = [4 * channels, widths.at(-1)]
  const shapes = {
    'embed.weight': [toldWidth, embedding],
    'embed.bias': [embedding],
    'in.filter': [channels, 2 * patch ** 2, 3, 3],
  }
  let from = channels
  const levelOf = (way, level) =>
    Array.from({ length: blocks }, (_, b) => {
      const [name, to] = [`${way}${level}.block${b}`, widths[level]]
      shapes[`${name}.first.filter`] = [to, from, 3, 3]
      shapes[`${name}.told.scale`] = [embedding, to]
      if (!magnitude) {
        shapes[`${name}.told.shift`] = [embedding, to]
        shapes[`${name}.shift.bias`] = [to]
      }
      shapes[`${name}.second.filter`] = [to, to, 3, 3]
      if (from !== to) shapes[`${name}.skip.filter`] = [to, from, 1, 1]
      from = to
      return name
    })
  const down = widths.map((_, level) => levelOf('down', level))
  const up = widths.map((_, k) => levelOf('up', levels - 1 - k))
  shapes['attention.in.weight'] = [widest, 3 * widest]
  shapes['attention.out.weight'] = [widest, widest]
  shapes['out.filter'] = [patch ** 2, channels, 3, 3]

  const block = magnitude ? magnitudeBlock : normalisedBlock
  const apply = (p, x, told) => {
    const rows = x.shape[0]
    const e = silu(linear(told, p, 'embed'))
    let h = patched(tf.concat([x, tf.onesLike(x)], 3), patch)
    h = convolution(h, magnitude ? unit(p['in.filter']) : p['in.filter'])
    const left = []
    down.forEach((names, level) => {
      if (level > 0) h = halved(h)
      for (const name of names) h = block(p, name, h, e)
      left.push(h)
    })
    const tokens = groupNorm(h).reshape([-1, widest])
    const mixed = attention(tokens, p['attention.in.weight'], rows, Math.max(1, widest >> 6))
    h = h.add(transposingProduct(mixed, p['attention.out.weight']).reshape(h.shape))
    up.forEach((names, k) => {
      if (k > 0) h = doubled(h)
      names.forEach((name, b) => {
        h = block(p, name, h, e)
        if (b === 0) h = h.add(left[levels - 1 - k]).mul(Math.SQRT1_2)
      })
    })
    const last = magnitude ? silu(h).mul(1 / siluSize) : silu(groupNorm(h))
    return unpatched(convolution(last, p['out.filter']), patch)
  }
  return { shapes, apply }
}

const perChannel = (values) => values.reshape([values.shape[0], 1, 1, values.shape[1]])

function groupNorm(x) {
  const [rows, height, width, channels] = x.shape
  return normalised(x.reshape([rows, height * width, channels / 16, 16])).reshape(x.shape)
}

/** The mean of 2 × 2 places. */
function halved(x) {
  const [rows, height, width, channels] = x.shape
  return x.reshape([rows, height / 2, 2, width / 2, 2, channels]).mean([2, 4])
}

/** Each place as 2 × 2. */
function doubled(x) {
  return tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]])
}

function normalisedBlock(p, name, x, e) {
  const scale = perChannel(transposingProduct(e, p[`${name}.told.scale`]).add(1))
  const shift = perChannel(transposingProduct(e, p[`${name}.told.shift`]).add(p[`${name}.shift.bias`]))
  const seen = groupNorm(convolution(silu(groupNorm(x)), p[`${name}.first.filter`]))
  const own = convolution(silu(seen.mul(scale).add(shift)), p[`${name}.second.filter`])
  const skip = p[`${name}.skip.filter`]
  return own.add(skip === undefined ? x : convolution(x, skip))
}

/** Each filter of length one. */
const unit = (filter) => filter.div(filter.square().sum([0, 1, 2], true).add(1e-8).sqrt())

function magnitudeBlock(p, name, x, e) {
  const scale = perChannel(transposingProduct(e, p[`${name}.told.scale`]).add(1))
  const first = unit(p[`${name}.first.filter`]).mul(1 / siluSize)
  const second = unit(p[`${name}.second.filter`]).mul(branch / length / siluSize)
  const own = convolution(silu(convolution(silu(x), first).mul(scale)), second)
  const [skip, kept] = [p[`${name}.skip.filter`], (1 - branch) / length]
  return own.add(skip === undefined ? x.mul(kept) : convolution(x, unit(skip).mul(kept)))
}

function transformer({ side, patch, width, blocks, expansion }) {
  const [grid, inPatch] = [side / patch, patch ** 2]
  const heads = width >= 64 && width % (width >> 6) === 0 ? width >> 6 : 1
  const shapes = {
    'embed.weight': [toldWidth, width],
    'embed.bias': [width],
    'in.weight': [inPatch, width],
    'in.positions': [grid ** 2, width],
  }
  const names = Array.from({ length: blocks }, (_, k) => `block${k}`)
  for (const name of names) {
    shapes[`${name}.told.weight`] = [width, 6 * width]
    shapes[`${name}.told.bias`] = [6 * width]
    shapes[`${name}.attention.in.weight`] = [width, 3 * width]
    shapes[`${name}.attention.out.weight`] = [width, width]
    shapes[`${name}.in.weight`] = [width, expansion * width]
    shapes[`${name}.out.weight`] = [expansion * width, width]
  }
  shapes['out.told.weight'] = [width, 2 * width]
  shapes['out.told.bias'] = [2 * width]
  shapes['out.weight'] = [width, inPatch]
  shapes['out.bias'] = [inPatch]

  const apply = (p, x, told) => {
    const rows = x.shape[0]
    const places = [rows, grid ** 2, width]
    const tokens = [rows * grid ** 2, width]
    const e = silu(linear(told, p, 'embed'))
    const modulation = (name, count) =>
      tf.split(linear(e, p, name).reshape([rows, 1, count * width]), count, 2)
    /** To tokens for the next product. */
    const modulated = (h, scale, shift) => {
      const even = normalised(h.reshape([tokens[0], 1, 1, width])).reshape(places)
      return even.mul(scale.add(1)).add(shift).reshape(tokens)
    }
    const seen = patched(x, patch).reshape([rows * grid ** 2, inPatch])
    let h = transposingProduct(seen, p['in.weight']).reshape(places).add(p['in.positions'])
    for (const name of names) {
      const m = modulation(`${name}.told`, 6)
      const mixed = attention(modulated(h, m[0], m[1]), p[`${name}.attention.in.weight`], rows, heads)
      const own = transposingProduct(mixed, p[`${name}.attention.out.weight`]).reshape(places)
      h = h.add(own.mul(m[2]))
      const hidden = silu(transposingProduct(modulated(h, m[3], m[4]), p[`${name}.in.weight`]))
      h = h.add(transposingProduct(hidden, p[`${name}.out.weight`]).reshape(places).mul(m[5]))
    }
    const m = modulation('out.told', 2)
    const made = linear(modulated(h, m[0], m[1]), p, 'out')
    return unpatched(made.reshape([rows, grid, grid, inPatch]), patch)
  }
  return { shapes, apply }
}
