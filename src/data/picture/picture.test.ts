import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roomFor } from '../source.ts'
import { tableHashes } from '../table/row-hash.ts'
import { type Table, takeRows } from '../table/table.ts'
import { parseIdx } from './idx.ts'
import { drawnLabels, labelCodes, labelNamed, labelsOf } from './labels.ts'
import { bytesOf, type Channels, type PictureColumn, shownPicture } from './picture-column.ts'
import { PictureEncoding } from './picture-encoding.ts'
import { pictureSource } from './picture-source.ts'
import { differenceHash, hammingDistance, pictureSum } from './picture-sum.ts'

/** Pictures of bytes that look random, each one different. */
function pictures(
  count: number,
  shape: { height: number; width: number; channels: Channels },
  levels = 256,
): PictureColumn {
  const values = Uint8Array.from(
    { length: count * bytesOf(shape) },
    (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 9) % levels,
  )
  if (shape.channels === 4)
    values.forEach((value, i) => {
      if (i % 4 !== 3) values[i] = Math.min(value, values[i - (i % 4) + 3]!)
    })
  return { kind: 'picture', name: 'picture', type: 'U8', levels, ...shape, values }
}

const tableOf = (column: PictureColumn, count: number): Table => ({
  ...{ rowCount: count, columns: [], source: 'made', pictures: [column] },
})

const shapes = fc.record({
  height: fc.integer({ min: 1, max: 6 }),
  width: fc.integer({ min: 1, max: 6 }),
  channels: fc.constantFrom<Channels>(1, 3, 4),
  levels: fc.constantFrom(2, 17, 256),
})

describe('the encoding of pictures', () => {
  it('gives every picture back, wherever in its cells it lies', () => {
    fc.assert(
      fc.property(shapes, fc.option(fc.nat()), ({ levels, ...shape }, seed) => {
        const column = pictures(3, shape, levels)
        const encoding = new PictureEncoding({ ...shape, levels })
        const x = encoding.encode(tableOf(column, 3), { dequantiseSeed: seed ?? undefined })
        expect(x.every((value) => value > -1 && value < 1)).toBe(true)
        expect(encoding.decode(x, 3).pictures![0]!.values).toEqual(column.values)
      }),
    )
  })

  it('has the volume of a cell as its change of measure: bits of evenly spread pixels are log₂ levels', () => {
    const encoding = new PictureEncoding({ height: 2, width: 3, channels: 3, levels: 256 })
    // Uniform on (−1, 1) has density 1/2 a number.
    const logDensity = -18 * Math.log(2)
    const inData = logDensity + encoding.logDeterminant(new Float32Array(18), 1)[0]!
    expect(-inData / 18 / Math.LN2).toBeCloseTo(8, 12)
  })

  it('puts channels first, and mirrors left to right', () => {
    const column: PictureColumn = {
      ...pictures(1, { height: 1, width: 2, channels: 3 }),
      values: Uint8Array.of(0, 1, 2, 3, 4, 5),
    }
    const encoding = new PictureEncoding({ height: 1, width: 2, channels: 3, levels: 256 })
    const level = (x: number): number => Math.floor((x + 1) * 128)
    expect(Array.from(encoding.encode(tableOf(column, 1)), level)).toEqual([0, 3, 1, 4, 2, 5])
    const into = new Float32Array(6)
    encoding.writer(undefined)(column.values as Uint8Array, { example: 0, into, mirrored: true })
    expect(Array.from(into, level)).toEqual([3, 0, 4, 1, 5, 2])
  })

  it('comes back from JSON, and refuses other pictures', () => {
    const encoding = new PictureEncoding({
      height: 2,
      width: 2,
      channels: 1,
      levels: 256,
      labels: { names: ['a', 'b'], counts: [1, 3] },
    })
    const again = PictureEncoding.fromJSON(JSON.parse(JSON.stringify(encoding)))
    expect(again.toJSON()).toEqual(encoding.toJSON())
    const other = tableOf(pictures(1, { height: 3, width: 2, channels: 1 }), 1)
    expect(() => again.encode(other)).toThrow(expect.objectContaining({ code: 'data/picture-size' }))
    expect(() => again.encode({ rowCount: 1, columns: [], source: 'x.csv' })).toThrow(
      expect.objectContaining({ code: 'data/missing-column' }),
    )
  })
})

describe('opacity', () => {
  it('colours that nobody sees do not matter, and those that are seen come back', () => {
    const column: PictureColumn = {
      ...pictures(1, { height: 1, width: 3, channels: 4 }),
      values: Uint8Array.of(0, 0, 0, 0, 64, 32, 0, 128, 9, 8, 7, 255),
    }
    expect(Array.from(shownPicture(column, 0))).toEqual([0, 0, 0, 0, 128, 64, 0, 128, 9, 8, 7, 255])
  })

  it('a drawn colour is never above its opacity', () => {
    const encoding = new PictureEncoding({ height: 1, width: 1, channels: 4, levels: 256 })
    const { values } = encoding.decode(Float32Array.of(0.99, -0.2, -2, 0), 1).pictures![0]!
    expect(Array.from(values as Uint8Array)).toEqual([128, 102, 0, 128])
  })
})

describe('the source of pictures', () => {
  const shape = { height: 2, width: 2, channels: 1 } as const
  const column = pictures(10, shape)
  const cells = ['a', 'b', 'a', null, 'b', 'a', 'a', 'b', 'a', 'b']
  const labels = labelsOf(cells)!
  const encoding = new PictureEncoding({ ...shape, levels: 256, labels })
  const options = {
    ...{ encoding, pictures: column, codes: labelCodes(labels, cells), seed: 3, flip: true },
    rowIndices: Int32Array.of(0, 1, 2, 3, 5, 7, 9),
  }
  const examples = (source: ReturnType<typeof pictureSource>, first: number, count: number) => {
    const into = roomFor(source.example, count)
    source.fill({ first, count }, into)
    return into
  }

  it('sees each picture to learn from once an epoch, and no other', () => {
    const { points } = examples(pictureSource({ ...options, flip: false }), 7, 7)
    const seen = encoding.decode(points, 7).pictures![0]!
    const sums = (bytes: Uint8Array): string[] =>
      Array.from({ length: bytes.length / 4 }, (_, i) => pictureSum(bytes.subarray(4 * i, 4 * i + 4)))
    const all = sums(column.values as Uint8Array)
    expect(sums(seen.values as Uint8Array).sort()).toEqual(
      Array.from(options.rowIndices, (row) => all[row]!).sort(),
    )
  })

  it('example n is a function of (seed, n), in parts as at once, from memory as from a store', async () => {
    const whole = examples(pictureSource(options), 0, 30)
    const store = {
      count: 10,
      sums: [],
      read: async (rows: Int32Array) =>
        takeRows(tableOf(column, 10), rows).pictures![0]!.values as Uint8Array,
    }
    const stored = pictureSource({ ...options, pictures: { ...column, values: store } })
    for (const [first, count] of [
      [0, 8],
      [8, 8],
      [16, 14],
    ] as const) {
      await stored.ready!({ first, count })
      const part = examples(stored, first, count)
      expect(part.points).toEqual(whole.points.subarray(4 * first, 4 * (first + count)))
      expect(part.conditions['label']).toEqual(
        whole.conditions['label']!.subarray(2 * first, 2 * (first + count)),
      )
    }
  })

  it('leaves one label in ten out, and mirrors every second picture', () => {
    const count = 7000
    const { points, conditions } = examples(pictureSource(options), 0, count)
    const plain = examples(pictureSource({ ...options, flip: false }), 0, count).points
    let [told, mirrored] = [0, 0]
    for (let i = 0; i < count; i++) {
      told += conditions['label']![2 * i]! + conditions['label']![2 * i + 1]!
      mirrored += Number(Math.abs(points[4 * i]! - plain[4 * i]!) > 1 / 128)
    }
    // One picture of seven has no label. Four standard errors: 0.016 and 0.024.
    expect(Math.abs(told / ((count * 6) / 7) - 0.9)).toBeLessThan(0.016)
    expect(Math.abs(mirrored / count - 0.5)).toBeLessThan(0.024)
  })
})

describe('labels', () => {
  it('are in the order of numbers or of letters; one label is none', () => {
    expect(labelsOf(['10', '9', null, '10'])).toEqual({ names: ['9', '10'], counts: [1, 2] })
    expect(labelsOf(['b', 'a'])!.names).toEqual(['a', 'b'])
    expect(labelsOf(['a', 'a', null])).toBeUndefined()
  })

  it('are drawn by their shares, each by (seed, row)', () => {
    const labels = { names: ['a', 'b'], counts: [1, 3] }
    const drawn = drawnLabels(labels, { seed: 1, first: 0, count: 4000 })
    const share = drawn.reduce((sum, code) => sum + code, 0) / 4000
    expect(Math.abs(share - 0.75)).toBeLessThan(4 * Math.sqrt(0.1875 / 4000))
    expect(drawnLabels(labels, { seed: 1, first: 1000, count: 10 })).toEqual(drawn.subarray(1000, 1010))
  })

  it('that are not known are refused with those that are', () => {
    expect(() => labelNamed({ names: ['cat', 'dog'], counts: [1, 1] }, 'dot')).toThrow(
      expect.objectContaining({
        code: 'data/unknown-category',
        message: expect.stringContaining('Did you mean dog?'),
      }),
    )
  })
})

describe('what tells pictures apart', () => {
  it('equal pixels are equal rows, wherever they stand', () => {
    const column = pictures(3, { height: 2, width: 2, channels: 1 })
    const twice = takeRows(tableOf(column, 3), Int32Array.of(2, 0, 2))
    const { rows } = tableHashes(twice, ['picture'])
    expect(rows[0]).toBe(rows[2])
    expect(rows[0]).not.toBe(rows[1])
  })

  it('a picture that is brighter, larger or slightly changed has nearly the same difference hash', () => {
    const wave = (side: number, gain: number): Uint8Array =>
      Uint8Array.from(
        { length: side * side },
        (_, i) => gain * (100 + 60 * Math.sin((9 * (i % side)) / side + (7 * Math.floor(i / side)) / side)),
      )
    const of = (bytes: Uint8Array, side: number): readonly [number, number] =>
      differenceHash(bytes, { height: side, width: side, channels: 1 })
    const one = of(wave(32, 1), 32)
    const other = wave(32, 1).map((_, i, all) => all[(i % 32) * 32 + Math.floor(i / 32)]!)
    expect(hammingDistance(one, of(wave(32, 0.5), 32))).toBeLessThanOrEqual(2)
    expect(hammingDistance(one, of(wave(64, 1), 64))).toBeLessThanOrEqual(4)
    expect(hammingDistance(one, of(other, 32))).toBeGreaterThan(10)
    expect(hammingDistance([0, 0], [0xffffffff, 1])).toBe(33)
  })
})

describe('IDX', () => {
  const header = (...bytes: number[]): Uint8Array => Uint8Array.of(0, 0, ...bytes)

  it('sizes and bytes', () => {
    expect(parseIdx(header(8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9), 'a')).toEqual({
      shape: [1, 2],
      values: Uint8Array.of(7, 9),
    })
  })

  it.each([
    ['no IDX file', Uint8Array.of(80, 75, 3, 4, 9)],
    ['numbers of 32 bits', header(13, 1, 0, 0, 0, 1, 0, 0, 0, 0)],
    ['ends within its sizes', header(8, 2, 0, 0)],
    ['says that it holds 3 bytes, 3; there are 1', header(8, 1, 0, 0, 0, 3, 1)],
  ])('refuses what it is not: %s', (says, bytes) => {
    expect(() => parseIdx(bytes, 'x-idx1-ubyte')).toThrow(
      expect.objectContaining({ code: 'data/idx', message: expect.stringContaining(says) }),
    )
  })
})
