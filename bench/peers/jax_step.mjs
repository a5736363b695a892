/** jax-js 0.1.25: in Node, where it has one thread, and in Chromium, where it has one per core. */
import { readFile } from 'node:fs/promises'
import { openInBrowser } from './browser.mjs'
import { createPeer } from './jax_peer.mjs'
import { createRounds } from './rounds.mjs'
import { serve } from './serve.mjs'

const manifest = new URL('./node_modules/@jax-js/jax/package.json', import.meta.url)
const { version } = JSON.parse(await readFile(manifest, 'utf8'))

await serve({
  peer: 'jax-js',
  version,
  environments: {
    'node, 1 thread': async () => ({ round: createRounds(await createPeer()), close: async () => {} }),
    'chromium, all cores': () => openInBrowser({ module: 'jax_peer.mjs' }),
  },
})
