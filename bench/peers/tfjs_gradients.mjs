/** Operations with gradients as TensorFlow.js' wasm backend computes them fastest (README.md says why). Browser-safe. */
import * as tf from '@tensorflow/tfjs'

const transposed = (x) => {
  const axes = x.shape.map((_, i) => i)
  return tf.transpose(x, [...axes.slice(0, -2), axes.at(-1), axes.at(-2)])
}

/**
 * The product with its gradients through explicit transposes. The gradient that tfjs brings sets `transposeA` or
 * `transposeB`, for which this backend has no fast kernel: 10 to 20 times as slow as transposing first.
 */
export const transposingProduct = tf.customGrad((a, b, save) => {
  save([a, b])
  return {
    value: tf.matMul(a, b),
    gradFunc: (slope, [left, right]) => [
      tf.matMul(slope, transposed(right)),
      tf.matMul(transposed(left), slope),
    ],
  }
})

/**
 * A convolution of x [B, h, w, in] by a filter [k, k, in, out], k odd, with a border of zeros. Both gradients are convolutions again:
 * the input's by the filter turned round; the filter's with examples for channels and the slope for a filter.
 */
export const convolution = tf.customGrad((x, filter, save) => {
  save([x, filter])
  return {
    value: tf.conv2d(x, filter, 1, 'same'),
    gradFunc: (slope, [seen, used]) => {
      const turned = tf.transpose(tf.reverse(used, [0, 1]), [0, 1, 3, 2])
      const border = [used.shape[0] >> 1, used.shape[0] >> 1]
      const examplesLast = tf.pad(tf.transpose(seen, [3, 1, 2, 0]), [[0, 0], border, border, [0, 0]])
      const slopeAsFilter = tf.transpose(slope, [1, 2, 0, 3])
      return [
        tf.conv2d(slope, turned, 1, 'same'),
        tf.transpose(tf.conv2d(examplesLast, slopeAsFilter, 1, 'valid'), [1, 2, 0, 3]),
      ]
    },
  }
})

const epsilon = 1e-5

/**
 * Rows of x [B, places, groups, width] less their mean over places and width, over their deviation: y = (x − m)/√(v + ε).
 * dx = (g − mean g − y mean(g y))/√(v + ε). Means over the last axis first: over both at once, this backend moves all values.
 */
export const normalised = tf.customGrad((x, save) => {
  const mean = (values) => values.mean(3, true).mean(1, true)
  const centred = tf.sub(x, mean(x))
  const scale = tf.rsqrt(mean(centred.square()).add(epsilon))
  const y = centred.mul(scale)
  save([y, scale])
  return {
    value: y,
    gradFunc: (slope, [y, scale]) =>
      slope
        .sub(mean(slope))
        .sub(y.mul(mean(slope.mul(y))))
        .mul(scale),
  }
})

/** x · sigmoid(x), of which no more than x and the sigmoid is kept. */
export const silu = tf.customGrad((x, save) => {
  const share = tf.sigmoid(x)
  const y = x.mul(share)
  save([share, y])
  return { value: y, gradFunc: (slope, [share, y]) => slope.mul(share.add(y).sub(y.mul(share))) }
})
