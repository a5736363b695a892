import { expect, test } from 'vitest'
import { type CanvasPixels, picturesFromPixels, type Table, takeRows } from '../../data/index.ts'
import { encodePng } from '../../files/index.ts'
import { fitPictures } from './fit-pictures.ts'
import { fitTable } from './fit-table.ts'
import { load } from './load.ts'
import { PictureModel } from './picture-model.ts'

/** A canvas of 4 × 4: bright on the left or on the right, a little different each. */
function canvas(side: 'left' | 'right', seed: number): CanvasPixels {
  const data = new Uint8ClampedArray(64)
  for (let pixel = 0; pixel < 16; pixel++) {
    const isBright = pixel % 4 < 2 === (side === 'left')
    const grey = (isBright ? 220 : 30) + ((Math.imul(seed * 16 + pixel + 1, 0x9e3779b1) >>> 8) % 21)
    data.set([grey, grey, grey, 255], pixel * 4)
  }
  return { width: 4, height: 4, data }
}

const sides = Array.from({ length: 120 }, (_, i) => (i % 3 === 0 ? 'left' : 'right') as 'left' | 'right')
const table = picturesFromPixels(sides.map(canvas), { labels: sides })
const small = {
  network: 'residual-mlp',
  ...{ steps: 300, batchSize: 32, size: { width: 48, blocks: 1, embedding: 16 }, learningRate: 5e-3 },
}

/** Brightness of the left half less that of the right, of each picture. */
function leftness({ pictures, rowCount }: Table): number[] {
  const values = pictures![0]!.values as Uint8Array
  return Array.from({ length: rowCount }, (_, row) =>
    values
      .subarray(row * 16, (row + 1) * 16)
      .reduce((sum, value, pixel) => sum + (pixel % 4 < 2 ? value : -value) / 8, 0),
  )
}

test('pixels of a page are learned with their labels, drawn, scored, saved and loaded', async () => {
  expect(table.pictures![0]).toMatchObject({ channels: 1, width: 4, height: 4 })
  const model = await fitPictures(table, small)
  expect(model.labels).toEqual(['left', 'right'])
  const left = await model.sample({ count: 12, seed: 1, label: 'left' })
  expect(left.columns[0]!.values).toEqual(new Array(12).fill('left'))
  expect(leftness(left).filter((value) => value > 50).length).toBeGreaterThan(10)
  // Without a label: by its share, and as the label says.
  const any = await model.sample({ count: 30, seed: 1 })
  const agree = leftness(any).filter((value, i) => value > 0 === (any.columns[0]!.values[i] === 'left'))
  expect(agree.length).toBeGreaterThan(26)
  const guided = await model.sample({ count: 4, label: 'right', guidance: { weight: 2 } })
  expect(Math.max(...leftness(guided))).toBeLessThan(0)
  // The right half is missing, of what is bright on the left.
  const half = await model.restore(left, { mask: 'box:2,0,2,4', draws: 3, steps: 8 })
  half.draws.values.forEach((value, at) => {
    const own = Math.floor(at / 48) * 16 + (at % 16)
    if (at % 4 < 2) expect(value).toBe((left.pictures![0]!.values as Uint8Array)[own])
  })
  const made = leftness({ rowCount: 36, source: '', columns: [], pictures: [half.draws] })
  expect(made.filter((value) => value > 50).length).toBeGreaterThan(30)
  expect(half.deviation.filter((_, at) => at % 4 < 2).every((value) => value === 0)).toBe(true)
  expect(half.deviation.filter((value) => value > 0).length).toBeGreaterThan(60)
  const few = takeRows(
    table,
    Int32Array.from({ length: 16 }, (_, row) => row),
  )
  const real = await model.logDensity(few)
  const scrambled = (_: unknown, i: number): CanvasPixels => ({
    ...{ width: 4, height: 4 },
    data: Uint8Array.from({ length: 64 }, (_, k) => Math.imul(64 * i + k + 1, 0x9e3779b1) >>> 24),
  })
  const noise = await model.logDensity(
    picturesFromPixels(sides.slice(0, 16).map(scrambled), { mode: 'grey' }),
  )
  expect(Math.min(...noise.logDensity.map((value, i) => real.logDensity[i]! - value))).toBeGreaterThan(0)

  const four = takeRows(few, Int32Array.of(0, 1, 2, 3))
  const bits = await model.bitsPerDimension(four)
  const learned = await model.bitsPerDimension(four, { dequantisation: 'variational', steps: 20 })
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value / values.length, 0)
  const error = Math.hypot(mean(bits.standardError), mean(learned.standardError)) / 2
  expect(mean(learned.perDimension)).toBeLessThan(mean(bits.perDimension) + 4 * error)
  // One place of each picture is what `logDensity` tells of.
  const one = mean(real.logDensity.subarray(0, 4)) / (-16 * Math.LN2)
  expect(Math.abs(mean(bits.perDimension) - one)).toBeLessThan(8 * mean(bits.standardError) + 0.02)

  const again = (await load((await model.save())!)) as PictureModel
  expect(again).toBeInstanceOf(PictureModel)
  expect((await again.sample({ count: 12, seed: 1, label: 'left' })).pictures).toEqual(left.pictures)
  await expect(again.sample({ count: 1, label: 'lift' })).rejects.toMatchObject({
    code: 'data/unknown-category',
  })
  const { pictures } = left
  expect(
    encodePng({ ...pictures![0]!, bytes: (pictures![0]!.values as Uint8Array).subarray(0, 16) }).length,
  ).toBeGreaterThan(60)
  await Promise.all([model.dispose(), again.dispose()])
}, 60_000)

test.each([
  ['a table without pictures', { ...table, pictures: [] }, {}, 'data/no-pictures'],
  ['two pictures', picturesFromPixels([canvas('left', 1), canvas('right', 2)]), {}, 'data/too-few-rows'],
  ['an option of tables', table, { gaps: 'unknown' }, 'config/invalid'],
  ['flip that is no yes or no', table, { flip: 'yes' }, 'config/invalid'],
])('%s is refused', async (_, data, options, code) => {
  await expect(fitPictures(data as Table, options as never)).rejects.toMatchObject({ code })
})

test('options of pictures are none of tables', async () => {
  await expect(fitTable([{ a: 1 }], { flip: true } as never)).rejects.toMatchObject({
    message: expect.stringContaining('It is one of fitPictures.'),
  })
})

test.each([
  ['none', [], 'data/no-pictures'],
  ['two sizes', [canvas('left', 1), { width: 2, height: 2, data: new Uint8Array(16) }], 'data/picture-size'],
  ['too few numbers', [{ width: 4, height: 4, data: new Uint8Array(16) }], 'data/picture-size'],
])('pixels: %s are refused', (_, images, code) => {
  expect(() => picturesFromPixels(images)).toThrow(expect.objectContaining({ code }))
})

test('transparent pixels keep their opacity, and are laid on white where it is not wished', () => {
  const data = Uint8Array.of(200, 100, 50, 128, 9, 9, 9, 0)
  const images = [{ width: 2, height: 1, data }]
  expect(picturesFromPixels(images).pictures![0]).toMatchObject({
    channels: 4,
    values: Uint8Array.of(100, 50, 25, 128, 0, 0, 0, 0),
  })
  expect(picturesFromPixels(images, { mode: 'colour' }).pictures![0]!.values).toEqual(
    Uint8Array.of(227, 177, 152, 255, 255, 255),
  )
  expect(picturesFromPixels(images, { mode: 'grey' }).pictures![0]!.values).toEqual(Uint8Array.of(189, 255))
})
