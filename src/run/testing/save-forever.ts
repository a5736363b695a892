/**
 * Saves checkpoint after checkpoint and tells each step once it is saved, until somebody kills it.
 *
 * Arguments: the run's folder, the first step, the size of a parameter.
 */
import { writeSync } from 'node:fs'
import { saveCheckpoint } from '../folder/checkpoint.node.ts'
import { stateAt } from './states.ts'

const [folder, first, size] = process.argv.slice(2)
for (let step = Number(first); ; step++) {
  await saveCheckpoint({ folder: folder! }, stateAt(step, Number(size)))
  writeSync(1, `${step}\n`)
}
