import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadKernel } from './kernel.ts'
import { philox4x32, type Words2, type Words4 } from './philox.ts'

const word = (): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** 32 - 1 })

/** Block `position` of what the kernel last wrote: four blocks side by side in each group of 16 words. */
function kernelBlock(position: number): number[] {
  const start = Math.floor(position / 4) * 16 + (position % 4)
  return [0, 4, 8, 12].map((step) => loadKernel().words[start + step]!)
}

describe('Philox4x32-10', () => {
  // Random123 (Salmon et al. 2011), kat_vectors, the three lines of philox4x32 with 10 rounds.
  const all = 0xffffffff
  const published: { counter: Words4; key: Words2; output: Words4 }[] = [
    { counter: [0, 0, 0, 0], key: [0, 0], output: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [all, all, all, all],
      key: [all, all],
      output: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      output: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ]

  it.each(published)('gives the published output for counter $counter', ({ counter, key, output }) => {
    expect(philox4x32(counter, key)).toEqual(output)
    // The kernel's block numbers stay below 2³⁰, but a single block may have any.
    loadKernel().run.philox(key[0], key[1], counter[0], counter[1], counter[2], counter[3], 1, 1)
    expect(kernelBlock(0)).toEqual(output)
  })

  it('is computed by the kernel for every row and block of a tile', () => {
    const tile = fc.record({
      key: fc.tuple(word(), word()),
      index: fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 300 }), word()),
      counter: word(),
      firstBlock: fc.integer({ min: 0, max: 2 ** 30 }),
      blocksPerRow: fc.integer({ min: 1, max: 40 }),
      groups: fc.integer({ min: 1, max: 12 }),
    })
    fc.assert(
      fc.property(tile, ({ key, index: [low, high], counter, firstBlock, blocksPerRow, groups }) => {
        loadKernel().run.philox(key[0], key[1], low, high, firstBlock, counter, blocksPerRow, groups)
        for (let position = 0; position < groups * 4; position++) {
          const row = low + Math.floor(position / blocksPerRow)
          const block = firstBlock + (position % blocksPerRow)
          expect(kernelBlock(position)).toEqual([...philox4x32([row, high, block, counter], key)])
        }
      }),
      { seed: 1, numRuns: 200 },
    )
  })
})
