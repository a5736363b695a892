// Train on a toy and draw samples: the README's first example. Runs in Node and, the same lines, in a page.
import { fit, toyByName } from 'scorefield'

const moons = toyByName('two-moons')
const model = await fit(moons, {
  steps: 600, // small and short, to be done in seconds; leave these three out for a better model
  batchSize: 256,
  size: { width: 64 },
  onEvent: (event) => {
    if (event.type === 'step' && event.step % 200 === 0)
      console.log(`step ${event.step}: loss ${event.loss.toFixed(3)}`)
  },
})

const rows = await model.sample({ count: 1000, seed: 1 }) // Float32Array, [1000, 2]
const first = rows.subarray(0, 2)
const { logDensity } = await model.logDensity(first)
console.log(`first sample: ${first}, log-density ${logDensity[0]?.toFixed(2)} nats`)
console.log(`true log-density: ${moons.logDensity(Float64Array.from(first))[0]?.toFixed(2)} nats`)
