// Which row is odd? Train on rows of your own, and ask how likely each one is.
import { fit, RandomStream } from 'scorefield'

// Days of a heated house: the colder it is outside, the more energy it takes. Columns of about unit size.
const count = 2000
const noise = new RandomStream({ seed: 1, name: 'days' }).normal({ first: 0, count, width: 2 })
const rows = new Float32Array(2 * count)
for (let day = 0; day < count; day++) {
  const temperature = noise[2 * day]!
  const energy = Math.log1p(Math.exp(-2 * temperature)) - 1 + 0.1 * noise[2 * day + 1]!
  rows.set([temperature, energy], 2 * day)
}

const model = await fit({ rows, dimension: 2 }, { steps: 500, batchSize: 256 })

// The second has a usual temperature and a usual energy, but not both on one day.
const asked = { 'a cold day, much heating': [-1, 1.1], 'a warm day, much heating': [1, 1.1] }
for (const [what, row] of Object.entries(asked)) {
  const { logDensity } = await model.logDensity(row)
  const [, pull] = await model.score(row, { sigma: 0.3 })
  console.log(
    `${what}: log-density ${logDensity[0]!.toFixed(1)} nats, score of the energy ${pull!.toFixed(1)}`,
  )
}
