import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type PictureColumn, type Table, takeRows } from '../../data/index.ts'
import { compile, sizeOf } from '../../engine/index.ts'
import { startValues } from '../../nn/index.ts'
import { blocksOf } from '../privacy/index.ts'
import { featureNetwork, featureWidth } from './feature-network.ts'
import { labelAgreement } from './label-agreement.ts'
import { NearestSearch } from './nearest.ts'
import { measurePicturePrivacy } from './picture-privacy.ts'

/** Pictures of 4 × 4 grey pixels, each even noise about a blob of its own place. */
function pictures(count: number, seed: number): Table {
  const drawn = new RandomStream({ seed, name: 'pictures' }).uniform({ first: 0, count, width: 17 })
  const values = Uint8Array.from({ length: count * 16 }, (_, at) => {
    const [row, pixel] = [Math.floor(at / 16), at % 16]
    const middle = Math.floor(16 * drawn[17 * row]!)
    return Math.round(90 * drawn[17 * row + 1 + pixel]! + (pixel === middle ? 120 : 0))
  })
  const column: PictureColumn = {
    ...{ kind: 'picture', name: 'picture', type: 'GREY8', levels: 256, height: 4, width: 4, channels: 1 },
    values,
  }
  return { rowCount: count, columns: [], pictures: [column], source: 'made' }
}

const all = pictures(900, 1)
const rows = (from: number, count: number): Table =>
  takeRows(
    all,
    Int32Array.from({ length: count }, (_, i) => from + i),
  )
const [training, heldOut, fresh] = [rows(0, 500), rows(500, 200), rows(700, 200)]

describe('privacy of pictures', () => {
  const measured = async (synthetic: Table) => {
    const found = await measurePicturePrivacy(
      { real: training, heldOut, synthetic },
      { seed: 0, training: blocksOf(training) },
    )
    return (name: string) => found.figures.find((figure) => figure.name === name)!
  }

  it('finds copies where samples are training pictures', async () => {
    const figure = await measured(rows(100, 200))
    expect(figure('copies').value).toBe(1)
    expect(figure('nearer').value).toBe(1)
    expect(figure('copies').floor.value).toBe(0)
  })

  it('finds near copies: training pictures of which a few bytes were changed', async () => {
    const changed = rows(100, 200)
    const values = (changed.pictures![0]!.values as Uint8Array).map((byte, i) =>
      i % 16 === 3 ? byte ^ 1 : byte,
    )
    const figure = await measured({ ...changed, pictures: [{ ...changed.pictures![0]!, values }] })
    expect(figure('copies').value).toBe(0)
    expect(figure('near copies').value).toBe(1)
    expect(figure('near copies').floor.high).toBeLessThan(0.1)
    expect(figure('nearer').value).toBe(1)
  })

  it('finds nothing among fresh pictures of the same distribution', async () => {
    const figure = await measured(fresh)
    expect(figure('copies').value).toBe(0)
    expect(figure('near copies').low).toBeLessThanOrEqual(figure('near copies').floor.high)
    for (const name of ['nearer', 'membership']) {
      expect(figure(name).low).toBeLessThanOrEqual(0.5)
      expect(figure(name).high).toBeGreaterThanOrEqual(0.5)
    }
  })
})

describe('nearest vectors', () => {
  it('are those of comparing all with all, over blocks and whatever the order', async () => {
    const width = 20
    const stream = (name: string, count: number): Float32Array =>
      new RandomStream({ seed: 2, name }).normal({ first: 0, count, width })
    const [of, among] = [stream('of', 270), stream('among', 1100)]
    // Equal ones, and one that is itself.
    among.set(of.subarray(0, width), 5 * width)
    among.set(among.subarray(7 * width, 8 * width), 1090 * width)
    const search = await NearestSearch.open({ of, width, most: 3 })
    await search.pass(among.subarray(0, 90 * width), 0)
    await search.pass(among.subarray(90 * width), 90)
    const found = search.found()
    await search.dispose()
    for (let row = 0; row < 270; row++) {
      const exact = Array.from({ length: 1100 }, (_, index) => {
        let apart = 0
        for (let k = 0; k < width; k++) apart += (of[row * width + k]! - among[index * width + k]!) ** 2
        return { index, apart }
      }).sort((a, b) => a.apart - b.apart || a.index - b.index)
      expect([...found.index.subarray(3 * row, 3 * row + 3)]).toEqual(
        exact.slice(0, 3).map(({ index }) => index),
      )
      expect([...found.apart.subarray(3 * row, 3 * row + 3)]).toEqual(
        exact.slice(0, 3).map(({ apart }) => apart),
      )
    }
  })

  it('are none where fewer passed', async () => {
    const search = await NearestSearch.open({ of: Float32Array.of(1, 2), width: 2, most: 2 })
    await search.pass(Float32Array.of(4, 6), 3)
    expect(search.found()).toMatchObject({
      index: Int32Array.of(3, -1),
      apart: Float64Array.of(25, Infinity),
    })
    await search.dispose()
  })
})

describe('label agreement', () => {
  const names = ['cat', 'dog', 'owl']
  const found = labelAgreement({
    names,
    synthetic: { labels: [0, 0, 0, 0, 1, 1, -1], said: [0, 0, 2, 2, 1, 0, 0] },
    real: { labels: [0, 1, 1, 2], said: [0, 1, 1, 0] },
  })

  it('is the share of each label of which the classifier says it, and of all', () => {
    expect(found.value).toBeCloseTo(3 / 6, 12)
    expect(found.floor.value).toBeCloseTo(3 / 4, 12)
    expect(found.rows).toBe(4)
    expect(found.classes.map(({ label, value, rows: count }) => [label, value, count])).toEqual([
      ['cat', 0.5, 4],
      ['dog', 0.5, 2],
      ['owl', 0, 0],
    ])
  })

  it('says for what each label is taken', () =>
    expect(found.classes.map(({ mistakenFor }) => mistakenFor)).toEqual(['owl', 'cat', undefined]))

  it('says nothing of a label without pictures', () =>
    expect(found.classes[2]).toMatchObject({ low: 0, high: 1 }))
})

describe('the feature network', () => {
  it.each([
    [[1, 4, 4], 2],
    [[3, 7, 9], 3],
    [[1, 28, 28], 10],
    [[4, 40, 64], 2],
  ])('takes pictures of %j', async (event, classes) => {
    const network = featureNetwork({ event, classes })
    const program = await compile({
      name: 'features',
      shared: network.parameters,
      inputs: { x: { shape: [2, ...event], dtype: 'float32' } },
      step: ({ shared, inputs }) => {
        const features = network.features(shared, inputs['x']!)
        return { outputs: { features, logits: network.logits(shared, features) } }
      },
    })
    program.setShared(startValues(network.parameters, 0))
    const x = new RandomStream({ seed: 0, name: 'x' }).normal({ first: 0, count: 2, width: sizeOf(event) })
    const { features, logits } = await program.run({ x })
    await program.dispose()
    expect([features!.length, logits!.length]).toEqual([2 * featureWidth, 2 * classes])
    expect([...features!].every(Number.isFinite)).toBe(true)
    // Unit signal in, about unit log odds out: training begins where it can learn.
    expect(Math.max(...[...logits!].map(Math.abs))).toBeLessThan(5)
  })
})
