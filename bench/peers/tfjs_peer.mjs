/** TensorFlow.js on its wasm backend (XNNPACK for the products). Browser-safe. */
import * as tf from '@tensorflow/tfjs'
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { transposingProduct } from './tfjs_gradients.mjs'
import { openPictures } from './tfjs_pictures.mjs'
import { adamW, makeMatrices, makeNetwork, meanSquare } from './workload.mjs'

/**
 * `binaries`: address of the folder with the backend's .wasm files; `threads`: ignored where it has none;
 * `explicitTransposes`: use `transposingProduct` in place of plain `tf.matMul`. `pictures`: does networks for pictures, too.
 */
export async function createPeer({ binaries, threads, explicitTransposes, pictures = false }) {
  setWasmPaths(binaries)
  setThreadsCount(threads)
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start')
  await tf.ready()
  const product = explicitTransposes ? transposingProduct : tf.matMul
  return {
    peer: 'tfjs',
    open: (workload) => {
      if (workload.kind === 'matmul') return openProduct(workload)
      if (workload.kind === 'mlp') return trained(openNetwork(workload, product))
      if (!pictures) throw new Error('networks for pictures run in Node alone, with explicit transposes')
      return trained(openPictures(workload))
    },
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
  const loss = () => {
    let hidden = x
    parameters.forEach(({ weight, bias }, index) => {
      hidden = product(hidden, weight).add(bias)
      if (index < parameters.length - 1) hidden = hidden.mul(hidden.sigmoid())
    })
    return hidden.sub(y).square().mean()
  }
  return { variables, loss }
}

/** AdamW on all variables. */
function trained({ variables, loss }) {
  const optimizer = tf.train.adam(adamW.learningRate, adamW.beta1, adamW.beta2, adamW.epsilon)
  return {
    optimizer: 'tf.train.adam after p ← (1 − learning rate · weight decay)·p, which is AdamW',
    // Kernels of this backend have run when the call returns.
    step() {
      tf.tidy(() => {
        const { grads } = tf.variableGrads(loss, variables)
        for (const variable of variables) {
          variable.assign(variable.mul(1 - adamW.learningRate * adamW.weightDecay))
        }
        optimizer.applyGradients(grads)
      })
    },
    value: async () => tf.tidy(() => loss().dataSync()[0]),
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
