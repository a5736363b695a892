/** TensorFlow.js on its wasm backend (XNNPACK for the products). Browser-safe. */
import * as tf from '@tensorflow/tfjs'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { adamW, makeMatrices, makeNetwork, meanSquare } from './workload.mjs'

/**
 * The product with its gradients through explicit transposes. The gradient that tfjs brings sets `transposeA` or
 * `transposeB`, for which this backend has no fast kernel: 10 to 20 times as slow as transposing first.
 */
const transposingProduct = tf.customGrad((a, b, save) => {
  save([a, b])
  return {
    value: tf.matMul(a, b),
    gradFunc: (slope, [left, right]) => [
      tf.matMul(slope, tf.transpose(right)),
      tf.matMul(tf.transpose(left), slope),
    ],
  }
})

/**
 * `binaries`: address of the folder with the backend's .wasm files; `threads`: ignored where it has none;
 * `explicitTransposes`: use `transposingProduct` in place of plain `tf.matMul`.
 */
export async function createPeer({ binaries, threads, explicitTransposes }) {
  setWasmPaths(binaries)
  setThreadsCount(threads)
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start')
  await tf.ready()
  const product = explicitTransposes ? transposingProduct : tf.matMul
  return {
    peer: 'tfjs',
    open: (workload) => (workload.kind === 'mlp' ? openNetwork(workload, product) : openProduct(workload)),
  }
}

function openNetwork(workload, product) {
  const { layers, x: xValues, y: yValues } = makeNetwork(workload)
  const shape = [workload.batchSize, workload.widths[0]]
  const x = tf.tensor2d(xValues, shape)
  const y = tf.tensor2d(yValues, shape)
  const parameters = layers.map((layer) => ({
    weight: tf.variable(tf.tensor2d(layer.weight, [layer.inputs, layer.outputs])),
    bias: tf.variable(tf.tensor1d(layer.bias)),
  }))
  const variables = parameters.flatMap(({ weight, bias }) => [weight, bias])
  const optimizer = tf.train.adam(adamW.learningRate, adamW.beta1, adamW.beta2, adamW.epsilon)

  const meanSquaredError = () => {
    let hidden = x
    parameters.forEach(({ weight, bias }, index) => {
      hidden = product(hidden, weight).add(bias)
      if (index < parameters.length - 1) hidden = hidden.mul(hidden.sigmoid())
    })
    return hidden.sub(y).square().mean()
  }

  return {
    optimizer: 'tf.train.adam after p ← (1 − learning rate · weight decay)·p, which is AdamW',
    // Kernels of this backend have run when the call returns.
    step() {
      tf.tidy(() => {
        const { grads } = tf.variableGrads(meanSquaredError, variables)
        for (const variable of variables) {
          variable.assign(variable.mul(1 - adamW.learningRate * adamW.weightDecay))
        }
        optimizer.applyGradients(grads)
      })
    },
    value: async () => tf.tidy(() => meanSquaredError().dataSync()[0]),
  }
}

function openProduct(workload) {
  const matrices = makeMatrices(workload)
  const a = tf.tensor2d(matrices.a, [workload.size, workload.size])
  const b = tf.tensor2d(matrices.b, [workload.size, workload.size])
  return {
    optimizer: null,
    step: () => tf.matMul(a, b).dispose(),
    value: async () => meanSquare(tf.tidy(() => tf.matMul(a, b).dataSync())),
  }
}
