import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../base/index.ts'
import { type LoadedPictures, labelsOf, PictureEncoding } from '../../data/index.ts'
import { featureNetwork } from '../../evaluation/index.ts'
import { featureTask } from './feature-task.ts'
import { FeatureReader, trainFeatures } from './feature-training.ts'
import { turned, turnsOf } from './turned.ts'

describe('turning a picture', () => {
  const event = [2, 3, 3]
  const x = Float32Array.from({ length: 18 }, (_, i) => i)
  const turn = (picture: Float32Array, quarters: number): Float32Array => {
    const into = new Float32Array(18)
    turned(picture, event, quarters, into)
    return into
  }

  it('by one quarter takes the right column to the top', () =>
    expect([...turn(x, 1).subarray(0, 9)]).toEqual([2, 5, 8, 1, 4, 7, 0, 3, 6]))

  it.each([1, 2, 3])('by %i quarters is that often one quarter', (quarters) => {
    let by: Float32Array = x
    for (let i = 0; i < quarters; i++) by = turn(by, 1)
    expect(turn(x, quarters)).toEqual(by)
    expect(turn(by, (4 - quarters) % 4)).toEqual(x)
  })

  it('of another shape than a square is by halves', () => {
    expect(turnsOf([1, 2, 3])).toEqual([0, 2])
    const into = new Float32Array(6)
    turned(Float32Array.of(1, 2, 3, 4, 5, 6), [1, 2, 3], 2, into)
    expect([...into]).toEqual([6, 5, 4, 3, 2, 1])
  })
})

/** Pictures of 6 × 6: bright in the upper left or in the middle, with noise. */
function made(count: number, seed: number): { pictures: LoadedPictures; kinds: Int32Array } {
  const noise = new RandomStream({ seed, name: 'pictures' }).uniform({ first: 0, count, width: 36 })
  const values = Uint8Array.from({ length: count * 36 }, (_, at) => {
    const [row, column, kind] = [Math.floor((at % 36) / 6), at % 6, Math.floor(at / 36) % 2]
    const bright = kind === 0 ? row < 2 && column < 3 : row > 1 && row < 4 && column > 1 && column < 4
    return Math.round(120 * noise[at]! + (bright ? 130 : 0))
  })
  return {
    pictures: {
      ...{ kind: 'picture', name: 'picture', type: 'GREY8', levels: 256, height: 6, width: 6, channels: 1 },
      values,
    },
    kinds: Int32Array.from({ length: count }, (_, i) => i % 2),
  }
}

describe.each([
  ['labels', labelsOf(['corner', 'middle']), 2],
  ['rotations', undefined, 4],
] as const)('features of %s', (name, labels, classes) => {
  it('tell apart what they learned to, in pictures that they never saw', async () => {
    const [training, test] = [made(120, 1), made(60, 2)]
    const encoding = new PictureEncoding({ ...training.pictures, labels })
    const task = featureTask({
      encoding,
      training: { pictures: training.pictures, codes: labels && training.kinds },
      test: { pictures: test.pictures, codes: labels && test.kinds },
      seed: 0,
    })
    expect([task.task, task.classes, task.source.count]).toEqual([name, classes, labels ? 120 : 480])
    const network = featureNetwork({ event: encoding.event, classes })
    const { weights } = await trainFeatures({ task, network, seed: 0 })
    const reader = await FeatureReader.open({ network, weights })
    const { said } = await reader.read(task.test.count, task.test.points)
    await reader.dispose()
    const right = said.reduce((sum, code, i) => sum + (code === task.test.classes[i] ? 1 : 0), 0)
    // A corner shows by how far it was turned; a middle looks the same however it was: one in four is guessed.
    const least = labels ? 0.97 : 0.5
    expect(right / said.length).toBeGreaterThan(least)
    if (!labels) {
      const corners = [...said].filter(
        (code, i) => (i >> 2) % 2 === 0 && code === task.test.classes[i],
      ).length
      expect(corners / 120).toBeGreaterThan(0.95)
    }
  })
})
