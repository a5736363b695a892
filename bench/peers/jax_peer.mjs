/** jax-js on its wasm backend: gradients and AdamW under `jit`. Browser-safe. */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { adamW, makeMatrices, makeNetwork, meanSquare } from './workload.mjs'

export async function createPeer() {
  await init('wasm')
  defaultDevice('wasm')
  return { peer: 'jax-js', open }
}

function open(workload) {
  return workload.kind === 'mlp' ? openNetwork(workload) : openProduct(workload)
}

// jax-js counts references: an array passed to a function is used up by it, `.ref` keeps it for one more use.

/** `parameters`: weight and bias of each layer, one after the other. */
function meanSquaredError(parameters, x, y) {
  let hidden = x
  for (let i = 0; i < parameters.length; i += 2) {
    if (i > 0) hidden = nn.silu(hidden)
    hidden = np.matmul(hidden, parameters[i]).add(parameters[i + 1])
  }
  return np.mean(np.square(hidden.sub(y)))
}

/** One AdamW update of one array; `correction1`, `correction2` are 1/(1 − βᵢᵗ). */
function updated(value, gradient, moment1, moment2, correction1, correction2) {
  const next1 = moment1.mul(adamW.beta1).add(gradient.ref.mul(1 - adamW.beta1))
  const next2 = moment2.mul(adamW.beta2).add(np.square(gradient).mul(1 - adamW.beta2))
  const denominator = np.sqrt(next2.ref.mul(correction2)).add(adamW.epsilon)
  const move = next1.ref.mul(correction1).div(denominator).mul(adamW.learningRate)
  return [value.mul(1 - adamW.learningRate * adamW.weightDecay).sub(move), next1, next2]
}

// Measured: one jit of the whole step is neither faster nor slower than these two.
const differentiate = jit((parameters, x, y) => valueAndGrad(meanSquaredError)(parameters, x, y))

const update = jit((values, gradients, moments1, moments2, correction1, correction2) => {
  const results = values.map((value, i) =>
    updated(value, gradients[i], moments1[i], moments2[i], correction1.ref, correction2.ref),
  )
  correction1.dispose()
  correction2.dispose()
  return [0, 1, 2].map((k) => results.map((result) => result[k]))
})

const evaluate = jit(meanSquaredError)

function openNetwork(workload) {
  const { layers, x: xValues, y: yValues } = makeNetwork(workload)
  const shape = [workload.batchSize, workload.widths[0]]
  const x = np.array(xValues).reshape(shape)
  const y = np.array(yValues).reshape(shape)
  let parameters = layers.flatMap((layer) => [
    np.array(layer.weight).reshape([layer.inputs, layer.outputs]),
    np.array(layer.bias),
  ])
  const zeros = () => parameters.map((array) => np.zeros(array.shape))
  let moments1 = zeros()
  let moments2 = zeros()
  let count = 0
  return {
    optimizer: 'AdamW, written in array operations, in a jit of its own',
    // Waiting after every step is up to a quarter faster than queueing steps and waiting at the end.
    async step() {
      count += 1
      const [loss, gradients] = differentiate(tree.ref(parameters), x.ref, y.ref)
      loss.dispose()
      ;[parameters, moments1, moments2] = update(
        parameters,
        gradients,
        moments1,
        moments2,
        np.array(1 / (1 - adamW.beta1 ** count)),
        np.array(1 / (1 - adamW.beta2 ** count)),
      )
      await Promise.all([...parameters, ...moments1, ...moments2].map((array) => array.blockUntilReady()))
    },
    async value() {
      return (await evaluate(tree.ref(parameters), x.ref, y.ref).data())[0]
    },
  }
}

const multiply = jit((a, b) => np.matmul(a, b))

function openProduct(workload) {
  const matrices = makeMatrices(workload)
  const a = np.array(matrices.a).reshape([workload.size, workload.size])
  const b = np.array(matrices.b).reshape([workload.size, workload.size])
  return {
    optimizer: null,
    // Arrays are lazy: a product that is disposed of before anyone waits for it is never computed.
    async step() {
      const product = multiply(a.ref, b.ref)
      await product.blockUntilReady()
      product.dispose()
    },
    async value() {
      return meanSquare(await multiply(a.ref, b.ref).data())
    },
  }
}
