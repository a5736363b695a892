// Handwritten digits: 1,797 pictures of 8 × 8 pixels from 0 to 16, and which digit each is; data/README.md says whose they are.
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { fit } from 'scorefield'

const text = gunzipSync(await readFile('data/digits/digits.csv.gz')).toString()
const cells = text
  .trim()
  .split('\n')
  .map((line) => line.split(',').map(Number))
const pixels = Float32Array.from(cells.flatMap((line) => line.slice(0, 64)))
const digit = cells.map((line) => String(line[64]))

const model = await fit(
  { rows: pixels, shape: [1, 8, 8] },
  {
    conditions: { digit },
    steps: 200, // short and small, to be done in seconds; `minutes: 1` in the place of these two draws better ones
    size: { channels: 16 },
  },
)

// Three of each of five digits beside each other, the darker the more ink.
const wanted = ['0', '1', '3', '6', '7'].flatMap((name) => [name, name, name])
const drawn = await model.sample({ count: 15, seed: 1, conditions: { digit: wanted } })
const shade = (ink: number): string => ' .:-=+*#%@'[Math.max(0, Math.min(9, Math.round((9 * ink) / 16)))]!
for (let line = 0; line < 40; line++) {
  const first = 3 * Math.floor(line / 8)
  const row = (k: number): string => {
    const at = 64 * (first + k) + 8 * (line % 8)
    return Array.from(drawn.subarray(at, at + 8), shade).join('')
  }
  console.log(`${wanted[first]}: ${[0, 1, 2].map(row).join('   ')}`)
}
