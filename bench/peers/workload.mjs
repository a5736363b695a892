/**
 * What every peer computes: the same networks, from the same numbers. Browser-safe.
 *
 * All numbers come from one stream of the linear congruential generator of Numerical Recipes,
 * s ← (1664525·s + 1013904223) mod 2³², started at s = 1, each as 2·s/2³² − 1 in [−1, 1).
 */

/** A network `widths[0] → … → widths.at(-1)` trained on one fixed batch, or the product of two square matrices. */
export const workloads = [
  { name: 'mlp-512', kind: 'mlp', widths: [64, 512, 512, 512, 64], batchSize: 256 },
  { name: 'mlp-128', kind: 'mlp', widths: [64, 128, 128, 128, 64], batchSize: 512 },
  { name: 'matmul-1024', kind: 'matmul', size: 1024 },
]

/**
 * Implicit score matching with the exact trace: mean over rows of ½‖s‖² + tr ∂s/∂x, where the network is the score s, or
 * an energy whose score is −∇E.
 */
export const scoreMatchingWorkloads = ['score', 'energy'].flatMap((loss) =>
  [8, 32, 128, 512].map((d) => ({
    name: `${loss}-${d}`,
    kind: 'mlp',
    widths: [d, 128, 128, 128, loss === 'score' ? d : 1],
    batchSize: 256,
    loss,
  })),
)

export const adamW = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }

/** Updates after which the loss is compared between the peers. */
export const checkSteps = 50

/** @returns {() => number} the stream: uniform on [−1, 1), exact in double precision */
export function uniformStream() {
  let state = 1
  return () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0
    return (2 * state) / 2 ** 32 - 1
  }
}

function drawn(next, count, bound) {
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) values[i] = bound * next()
  return values
}

/**
 * Parameters and batch of a network. Drawn in this order: each layer's weight [in, out], row by row, then its bias,
 * both uniform with bound 1/√in; then x [B, d], uniform with bound √3 (so of variance 1). The target is
 * y[b, j] = x[b, j] · x[b, (j + 1) mod d]: something to learn, and exact on every platform.
 */
export function makeNetwork(workload) {
  const next = uniformStream()
  const layers = workload.widths.slice(1).map((outputs, index) => {
    const inputs = workload.widths[index]
    const bound = 1 / Math.sqrt(inputs)
    return {
      inputs,
      outputs,
      weight: drawn(next, inputs * outputs, bound),
      bias: drawn(next, outputs, bound),
    }
  })
  const width = workload.widths[0]
  const x = drawn(next, workload.batchSize * width, Math.sqrt(3))
  const y = x.map((value, i) => value * x[i - (i % width) + ((i + 1) % width)])
  return { layers, x, y }
}

/** Mean of the squares, summed in double precision: a float32 sum of a million terms is off by 5e-4. */
export function meanSquare(values) {
  let sum = 0
  for (const value of values) sum += value * value
  return sum / values.length
}

/** Two square matrices, row by row, uniform with bound 1, drawn one after the other. */
export function makeMatrices(workload) {
  const next = uniformStream()
  const count = workload.size ** 2
  return { a: drawn(next, count, 1), b: drawn(next, count, 1) }
}
