import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { writeInto } from '../data/picture/pictures.test-helper.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'
import { writeSides } from './side-pictures.test-helper.ts'

const folder = temporaryFolder()
const at = (...names: string[]): string => join(folder, ...names)
const data = at('shapes')
const run = at('run')

beforeAll(async () => {
  writeSides(data, 60)
  await succeeded(
    ...['train', data, '--out', run, '--steps', '10', '--set', 'model.network=residual-mlp'],
    ...tinyModel,
  )
})

it('score learns places in cells once, tells their bound, and takes them for the same weights only', async () => {
  const kept = join(run, 'dequantiser.safetensors')
  const asked = ['score', run, at('one'), '--dequantisation', 'variational', '--json', '-o']
  writeInto(at('one'), '07.png', readFileSync(join(data, 'left', '06.png')))
  const first = await succeeded(...asked, at('first.csv'))
  const learning = { task: 'dequantisation', total: 400 }
  expect(first.events()).toContainEqual(expect.objectContaining({ ...learning, done: 400 }))
  expect(first.events().at(-1)).toMatchObject({ dequantisation: 'variational' })
  const bytes = readFileSync(kept)
  const again = await succeeded(...asked, at('again.csv'))
  expect(again.events()).not.toContainEqual(expect.objectContaining(learning))
  expect(readFileSync(at('again.csv'), 'utf8')).toBe(readFileSync(at('first.csv'), 'utf8'))
  expect(readFileSync(kept)).toEqual(bytes)
  const wrong = await scorefield('score', run, data, '--dequantisation', 'variatonal')
  expect(wrong.err).toContain('Did you mean "variational"?')
})
