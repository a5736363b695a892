import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sharp } from '../data/picture/pictures.test-helper.ts'
import { encodePng } from './png.ts'

test('another reader finds the very pixels again, whatever they are', async () => {
  const side = fc.integer({ min: 1, max: 9 })
  await fc.assert(
    fc.asyncProperty(
      ...([side, side, fc.constantFrom(1, 3, 4), fc.boolean(), fc.nat()] as const),
      async (width, height, channels, isSmooth, seed) => {
        const bytes = Uint8Array.from({ length: width * height * channels }, (_, i) =>
          isSmooth ? i + seed : Math.imul(i + seed, 0x9e3779b1) >>> 13,
        )
        const { data, info } = await sharp(encodePng({ width, height, channels, bytes }))
          .toColourspace(channels === 1 ? 'b-w' : 'srgb')
          .raw()
          .toBuffer({ resolveWithObject: true })
        expect({ width: info.width, height: info.height, channels: info.channels }).toEqual({
          width,
          height,
          channels,
        })
        expect(new Uint8Array(data)).toEqual(bytes)
      },
    ),
    { numRuns: 40 },
  )
})

test('bytes that are no such picture are refused', () => {
  expect(() => encodePng({ width: 2, height: 2, channels: 3, bytes: new Uint8Array(11) })).toThrow(
    expect.objectContaining({ code: 'picture/pixels' }),
  )
})
