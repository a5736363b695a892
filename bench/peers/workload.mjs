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
    checkSteps: 10,
  })),
)

/** Steps of models with a density, and of one learned from its own chains. Asked of PyTorch alone. */
export const familyWorkloads = [
  { name: 'spline', kind: 'spline', columns: 12, couplings: 6, width: 128, bins: 8, bound: 4 },
  { name: 'made', kind: 'made', columns: 12, width: 256, layers: 2, components: 5 },
  { name: 'chain', kind: 'chain', columns: 32, width: 128, steps: 20, epsilon: 0.01 },
].map((workload) => ({ ...workload, batchSize: 256, checkSteps: 10 }))

/** Filters of 3 × 3 over a batch of pictures, and their gradients. Asked of PyTorch alone, as what follows. */
export const convolutionWorkloads = [
  [28, 32],
  [14, 64],
  [7, 128],
].flatMap(([side, channels]) =>
  ['forward', 'input', 'filter'].map((part) => ({
    ...{ name: `conv-${side}-${part}`, kind: 'convolution', channels, side, part, batchSize: 64 },
  })),
)

/** Steps of networks for pictures, by name and size of the network. */
export const pictureWorkloads = [
  {
    ...{ name: 'u-net', network: 'u-net' },
    size: { channels: 32, levels: 3, blocks: 2, attention: 1, patch: 1, magnitude: 0 },
  },
  {
    ...{ name: 'u-net-patches', network: 'u-net' },
    size: { channels: 64, levels: 2, blocks: 2, attention: 1, patch: 2, magnitude: 1 },
  },
  {
    ...{ name: 'transformer', network: 'transformer' },
    size: { patch: 4, width: 192, blocks: 6, expansion: 4 },
  },
].map((workload) => ({ ...workload, kind: 'picture', side: 28, batchSize: 64, checkSteps: 2 }))

export const adamW = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }

/** Updates after which the loss is compared between the peers, unless the workload says otherwise. */
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

/** Widths of each network of a family's workload: a spline flow's couplings, or the one energy. */
function networkWidths({ kind, columns, width, couplings, bins }) {
  if (kind === 'chain') return [[columns, width, width, width, 1]]
  const half = columns / 2
  return Array.from({ length: couplings }, () => [half, width, width, (3 * bins - 1) * half])
}

/** Names and shapes of a family's parameters, in the order in which they are drawn; n is the size of a bound, 1/√n. */
function parametersOf(workload) {
  const { kind, columns, width, layers, components } = workload
  if (kind !== 'made')
    return networkWidths(workload).flatMap((widths, k) =>
      widths.slice(1).flatMap((outputs, l) => [
        { name: `net${k}.weight${l}`, shape: [widths[l], outputs], n: widths[l] },
        { name: `net${k}.bias${l}`, shape: [outputs], n: widths[l] },
      ]),
    )
  const outputs = 3 * components * columns
  const hidden = Array.from({ length: layers }, (_, l) => {
    const inputs = l === 0 ? columns : width
    return [
      { name: `layer${l}.weight`, shape: [inputs, width], n: inputs },
      { name: `layer${l}.bias`, shape: [width], n: inputs },
    ]
  })
  return [
    ...hidden.flat(),
    { name: 'direct.weight', shape: [columns, outputs], n: columns },
    { name: 'out.weight', shape: [width, outputs], n: width },
    { name: 'out.bias', shape: [outputs], n: width },
  ]
}

/**
 * Parameters and batch of a family. Drawn in this order: the parameters, uniform with bound 1/√n, n the inputs of their layer;
 * then x [B, d], with bound √3; and for a chain its noise [B, K, d], with bound √3.
 */
export function makeFamily(workload) {
  const next = uniformStream()
  const sizeOf = (shape) => shape.reduce((product, length) => product * length, 1)
  const parameters = parametersOf(workload).map(({ name, shape, n }) => ({
    name,
    shape,
    values: drawn(next, sizeOf(shape), 1 / Math.sqrt(n)),
  }))
  const { batchSize, columns, steps = 0 } = workload
  const x = drawn(next, batchSize * columns, Math.sqrt(3))
  return { parameters, x, noise: drawn(next, batchSize * steps * columns, Math.sqrt(3)) }
}

/** Values of a parameter of a network for pictures: a filter [out, in, …], a matrix [in, out], or a vector. */
function drawnAs(next, shape) {
  const inputs = shape.length === 1 ? 100 : shape.length === 2 ? shape[0] : product(shape.slice(1))
  return drawn(next, product(shape), 1 / Math.sqrt(inputs))
}

const product = (shape) => shape.reduce((total, extent) => total * extent, 1)

/** A batch x, a filter w and what comes back g, drawn in this order; x and g with bound √3, w with 1/√inputs. */
export function makeConvolution({ channels, side, batchSize }) {
  const next = uniformStream()
  const picture = () => drawn(next, batchSize * channels * side * side, Math.sqrt(3))
  const x = picture()
  const w = drawnAs(next, [channels, channels, 3, 3])
  return { x, w, g: picture() }
}

/**
 * Parameters and batch of a network for pictures. Drawn in this order: the parameters, each with the bound 1/√inputs (vectors: 0.1);
 * x [B, 1, side, side] with bound √3; noise [B] with bound 1; the target y, as x.
 */
export function makePictures({ side, batchSize }, shapes) {
  const next = uniformStream()
  const parameters = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, drawnAs(next, shape)]),
  )
  const picture = () => drawn(next, batchSize * side * side, Math.sqrt(3))
  const x = picture()
  const noise = drawn(next, batchSize, 1)
  return { parameters, x, noise, y: picture() }
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
