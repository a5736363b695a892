/** TensorFlow.js on wasm with SIMD, in Node and in Chromium. It reports one thread in both (README.md). */
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { openInBrowser } from './browser.mjs'
import { createRounds } from './rounds.mjs'
import { serve } from './serve.mjs'
import { createPeer } from './tfjs_peer.mjs'

const binaries = fileURLToPath(new URL('./node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url))

async function openInNode(options) {
  return {
    round: createRounds(await createPeer({ binaries, threads: 1, ...options })),
    close: async () => {},
  }
}

await serve({
  peer: 'tfjs',
  version: tf.version.tfjs,
  environments: {
    'node, 1 thread': () => openInNode({ explicitTransposes: false }),
    'node, 1 thread, explicit transposes': () => openInNode({ explicitTransposes: true, pictures: true }),
    'chromium, explicit transposes': () =>
      openInBrowser({ module: 'tfjs_peer.mjs', binaries, options: { explicitTransposes: true } }),
  },
})
