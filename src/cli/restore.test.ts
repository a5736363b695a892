import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { sharp, writeInto } from '../data/picture/pictures.test-helper.ts'
import { encodePng } from '../files/index.ts'
import { repairs } from '../run/index.ts'
import { scorefield, succeeded, temporaryFolder, tinyModel } from './command-line.test-helper.ts'
import { damageOptions } from './restore.ts'
import { writeSides } from './side-pictures.test-helper.ts'

const folder = temporaryFolder()
const at = (...names: string[]): string => join(folder, ...names)
const run = at('run')

/** A run of pictures of 6 × 6, bright left or right; what is asked here is the same for every network. */
beforeAll(async () => {
  writeSides(at('shapes'), 30)
  const network = ['--set', 'model.network=residual-mlp', ...tinyModel]
  await succeeded('train', at('shapes'), '--out', run, '--steps', '10', ...network)
}, 300_000)

it('has an option for each kind of damage', () => {
  expect(damageOptions.map(({ flags }) => flags.replace(/ .*/, ''))).toEqual(
    repairs.map(({ name }) => `--${name}`),
  )
})

describe('restore', () => {
  const [one, two] = [at('shapes', 'left', '00.png'), at('shapes', 'left', '03.png')]
  const quick = ['--steps', '3', '--json']
  const pixels = async (path: string): Promise<Uint8Array> =>
    (await sharp(path).toColourspace('b-w').raw().toBuffer()) as Uint8Array

  it('fills what is missing, and gives back what is known', async () => {
    const { events } = await succeeded(
      ...['restore', run, one, two, '--mask', 'box:0,0,2,6', '-o', at('filled'), ...quick],
    )
    expect(readdirSync(at('filled')).sort()).toEqual(['00.png', '03.png', 'labels.csv', 'sheet.png'])
    const [own, made] = [await pixels(one), await pixels(at('filled', '00.png'))]
    for (let k = 0; k < 36; k++) if (k % 6 >= 2) expect(made[k]).toBe(own[k])
    expect(events().at(-1)).toMatchObject({ type: 'done', pictures: 2, draws: 1, files: 2, noise: [0, 0] })
  })

  it('of several draws it also writes their mean, and a map of where they differ', async () => {
    const options = ['--enlarge', '2', '--fit', 'crop', '--draws', '2', '--label', 'left']
    const { err } = await succeeded('restore', run, one, ...options, '-o', at('large'), '--steps', '3')
    const names = ['00-deviation', '00-draw-1', '00-draw-2', '00-mean', 'sheet'].map((name) => `${name}.png`)
    expect(readdirSync(at('large')).sort()).toEqual([...names.slice(0, 4), 'labels.csv', 'sheet.png'])
    const draws = [await pixels(at('large', '00-draw-1.png')), await pixels(at('large', '00-draw-2.png'))]
    const mean = await pixels(at('large', '00-mean.png'))
    mean.forEach((value, k) => void expect(value).toBe(Math.round((draws[0]![k]! + draws[1]![k]!) / 2)))
    expect(err).toContain('White in the maps is a standard deviation of')
    const { events } = await succeeded('inspect', at('large'), '--json')
    expect(events().at(-1)).toMatchObject({ pictures: 2 })
  })

  it('masks by a picture, white where pixels are missing', async () => {
    const bytes = Uint8Array.from({ length: 36 }, (_, k) => (k < 12 ? 255 : 0))
    writeInto(folder, 'mask.png', encodePng({ width: 6, height: 6, channels: 1, bytes }))
    await succeeded('restore', run, one, '--mask', at('mask.png'), '-o', at('masked'), ...quick)
    const [own, made] = [await pixels(one), await pixels(at('masked', '00.png'))]
    expect(made.slice(12)).toEqual(own.slice(12))
    writeInto(folder, 'wide.png', encodePng({ width: 9, height: 4, channels: 1, bytes }))
    const { err } = await scorefield('restore', run, one, '--mask', at('wide.png'), '-o', at('no'))
    expect(err).toContain('The mask has 9 × 4 pixels')
  })

  it.each([
    ['pictures of another size', ['--enlarge', '2'], 3, 'data/picture-size'],
    ['no damage', [], 2, 'usage/restore'],
    ['a way to fit that there is not', ['--blur', '1', '--fit', 'stretch'], 2, 'usage/'],
    ['a label that is not known', ['--blur', '1', '--label', 'up'], 2, 'data/unknown-category'],
  ])('refuses %s', async (_, options, exit, code) => {
    const { code: own, err } = await scorefield('restore', run, one, '-o', at('refused'), ...options)
    expect(err).toContain(`(${code}`)
    expect(own).toBe(exit)
  })
})
