import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScorefieldError } from '../error.ts'
import { streamKey } from './key.ts'
import { philox4x32 } from './philox.ts'
import type { RowRange } from './range.ts'
import { RandomStream } from './stream.ts'

type Method = 'bits' | 'uniform' | 'normal' | 'rademacher' | 'uniform64'
const methods: readonly Method[] = ['bits', 'uniform', 'normal', 'rademacher', 'uniform64']

function draw(stream: RandomStream, method: Method | 'categorical', range: RowRange): number[] {
  if (method === 'categorical') return [...stream.categorical(range, [0.2, 0.5, 0.3])]
  return [...stream[method](range)]
}

const seed = (): fc.Arbitrary<number> => fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const name = (): fc.Arbitrary<string> => fc.string({ minLength: 1, unit: 'grapheme' })
const counter = (): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** 32 - 1 })
/** First indices, those where the low word wraps among them. */
const first = (): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1000 }),
    fc.integer({ min: 2 ** 32 - 40, max: 2 ** 32 + 5 }),
    fc.integer({ min: 5 * 2 ** 32 - 40, max: 5 * 2 ** 32 }),
  )

/** The words of one row, from the plain generator. */
function rowWords(stream: RandomStream, index: number, count: number, user: number): number[] {
  const key = streamKey(stream.seed, stream.name)
  return Array.from({ length: Math.ceil(count / 4) }, (_, block) =>
    philox4x32([index % 2 ** 32, Math.floor(index / 2 ** 32), block, user], key),
  )
    .flat()
    .slice(0, count)
}

describe('the words behind the values', () => {
  const request = fc.record({
    seed: seed(),
    name: name(),
    first: first(),
    count: fc.integer({ min: 0, max: 60 }),
    width: fc.integer({ min: 1, max: 30 }),
    counter: counter(),
  })
  const reference: Record<Exclude<Method, 'normal'>, (words: number[], width: number) => number[]> = {
    bits: (words, width) => words.slice(0, width),
    uniform: (words, width) =>
      words.slice(0, width).map((word) => (Math.floor(word / 2 ** 9) + 0.5) / 2 ** 23),
    rademacher: (words, width) =>
      Array.from({ length: width }, (_, j) => ((words[j >> 5]! >>> (j & 31)) & 1 ? 1 : -1)),
    uniform64: (words, width) =>
      Array.from({ length: width }, (_, j) => {
        const high = words[2 * j + 1]! * 2 ** 20 + Math.floor(words[2 * j]! / 2 ** 12)
        return (high + 0.5) / 2 ** 52
      }),
  }

  it.each(['bits', 'uniform', 'rademacher', 'uniform64'] as const)('are those of Philox: %s', (method) => {
    fc.assert(
      fc.property(request, ({ seed, name, ...range }) => {
        const stream = new RandomStream({ seed, name })
        const expected = Array.from({ length: range.count }, (_, i) =>
          reference[method](rowWords(stream, range.first + i, 2 * range.width, range.counter), range.width),
        )
        expect(draw(stream, method, range)).toEqual(expected.flat())
      }),
      { seed: 2, numRuns: 60 },
    )
  })

  it('make normals by Box–Muller', () => {
    const stream = new RandomStream({ seed: 3, name: 'pairs' })
    const range = { first: 2 ** 40, count: 50, width: 7 }
    const values = stream.normal(range)
    const expected = Array.from({ length: range.count }, (_, i) => {
      const u = rowWords(stream, range.first + i, 8, 0).map((word) => (word + 0.5) / 2 ** 32)
      return Array.from({ length: range.width }, (_, j) => {
        const angle = 2 * Math.PI * u[j | 1]!
        return Math.sqrt(-2 * Math.log(u[j & ~1]!)) * (j % 2 === 0 ? Math.cos(angle) : Math.sin(angle))
      })
    }).flat()
    values.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6)
    })
  })
})

describe('a row depends on its index only', () => {
  it.each([...methods, 'categorical'] as const)('%s: not on the split, the count or the width', (method) => {
    const shape = fc.record({
      first: first(),
      count: fc.integer({ min: 1, max: 40 }),
      width: fc.integer({ min: 1, max: 300 }),
      counter: counter(),
      cut: fc.integer({ min: 0, max: 40 }),
      narrower: fc.integer({ min: 1, max: 300 }),
    })
    const stream = new RandomStream({ seed: 4, name: 'split' })
    fc.assert(
      fc.property(shape, ({ cut, narrower, ...range }) => {
        const { first, count, width } = range
        const whole = draw(stream, method, range)
        const before = Math.min(cut, count)
        const parts = [
          ...draw(stream, method, { ...range, count: before }),
          ...draw(stream, method, { ...range, first: first + before, count: count - before }),
        ]
        expect(parts).toEqual(whole)
        const narrow = Math.min(narrower, width)
        const cropped = whole.filter((_, i) => i % width < narrow)
        expect(draw(stream, method, { ...range, width: narrow })).toEqual(cropped)
      }),
      { seed: 5, numRuns: 40 },
    )
  })

  it.each(methods)('%s: nor on tiles, for many rows and for long ones', (method) => {
    const stream = new RandomStream({ seed: 6, name: 'tiles' })
    for (const [count, width] of [
      [9000, 3],
      [5, 20_001],
      [257, 130],
    ] as const) {
      const whole = stream[method]({ first: 0, count, width })
      for (const row of [0, 1, count - 2, count - 1]) {
        const single = stream[method]({ first: row, count: 1, width })
        expect(whole.subarray(row * width, (row + 1) * width)).toEqual(single)
      }
      const narrow = stream[method]({ first: 0, count, width: 2 })
      expect([narrow[2 * count - 2], narrow[2 * count - 1]]).toEqual([
        whole[(count - 1) * width],
        whole[(count - 1) * width + 1],
      ])
    }
  })

  it('fills and returns a given array, the last index of all included', () => {
    const stream = new RandomStream({ seed: 4, name: 'out' })
    const range = { first: Number.MAX_SAFE_INTEGER - 2, count: 3, width: 5 }
    const out = new Float32Array(15)
    expect(stream.normal(range, out)).toBe(out)
    expect(out).toEqual(stream.normal(range))
    expect(stream.normal({ ...range, count: 0 })).toEqual(new Float32Array(0))
  })
})

describe('permutation', () => {
  /** Fisher–Yates with Lemire's method in whole numbers of any size. */
  function reference(
    stream: RandomStream,
    index: number,
    size: number,
  ): { order: Uint32Array; rejected: number } {
    const words = stream.bits({ first: index, count: 1, width: size + 100 })
    const order = Uint32Array.from({ length: size }, (_, i) => i)
    let used = 0
    let rejected = -Math.max(size - 1, 0)
    for (let places = size; places > 1; places--) {
      let product: bigint
      do product = BigInt(words[used++]!) * BigInt(places)
      while (product % 2n ** 32n < 2n ** 32n % BigInt(places))
      const other = Number(product >> 32n)
      ;[order[other], order[places - 1]] = [order[places - 1]!, order[other]!]
    }
    rejected += used
    return { order, rejected }
  }

  it('is Fisher–Yates with unbiased integers, across chunks of words, beyond 2¹⁶ places, with rejections', () => {
    const stream = new RandomStream({ seed: 9, name: 'permutation' })
    let rejections = 0
    for (const size of [0, 1, 2, 3, 4, 5, 100, 4095, 4100, 300_001]) {
      const index = 2 ** 33 + size
      const { order, rejected } = reference(stream, index, size)
      rejections += rejected
      expect(stream.permutation({ index, size })).toEqual(order)
    }
    expect(rejections).toBeGreaterThan(0)
  })
})

describe('names', () => {
  it('make a child of a stream the stream of the path', () => {
    const child = new RandomStream({ seed: 1, name: 'a' }).child('b').child('c')
    expect(child.name).toBe('a/b/c')
    const range = { first: 0, count: 2, width: 3 }
    expect(child.bits(range)).toEqual(new RandomStream({ seed: 1, name: 'a/b/c' }).bits(range))
  })

  it('and seeds give keys of their own', () => {
    const keys = new Set<string>()
    const seeds = [0, 1, 2, 3, 2 ** 31, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER]
    const names = ['a', 'b', 'ab', 'ba', 'é', '😀', 'a/b', ' ']
    for (const seed of seeds) for (const name of names) keys.add(streamKey(seed, name).join())
    expect(keys.size).toBe(seeds.length * names.length)
  })

  it('give the key that the docstring states', () => {
    // FNV-1a of 'a' is 0xaf63dc4c8601ec8c (published test vector); SplitMix64 of state 0 starts with
    // 0xe220a8397b1dcdaf.
    const state = 0xaf63dc4c8601ec8cn ^ 0xe220a8397b1dcdafn
    const once = BigInt.asUintN(64, (state ^ (state >> 30n)) * 0xbf58476d1ce4e5b9n)
    const twice = BigInt.asUintN(64, (once ^ (once >> 27n)) * 0x94d049bb133111ebn)
    const key = twice ^ (twice >> 31n)
    expect(streamKey(0, 'a')).toEqual([Number(key % 2n ** 32n), Number(key >> 32n)])
  })
})

describe('frozen values', () => {
  // Every stored run depends on these: a change here is a breaking change.
  const stream = new RandomStream({ seed: 42, name: 'stability' })
  const range = { first: 2 ** 33 + 5, count: 2, width: 5, counter: 3 }
  const frozen: Record<Method, number[]> = {
    bits: [
      0xb93dfdbf, 0xc1e3cfe3, 0xe88eb1d6, 0x0afe1a2b, 0xc35871e5, 0xb02b02b1, 0x337a5b9a, 0x4e2adfff,
      0x3b012239, 0x093f5ae0,
    ],
    uniform: [
      0.7236021161079407, 0.757382333278656, 0.9084272980690002, 0.042939841747283936, 0.7630682587623596,
      0.6881563067436218, 0.20108574628829956, 0.3053416609764099, 0.23048609495162964, 0.03612297773361206,
    ],
    normal: [
      0.03729770705103874, -0.8035147786140442, 0.422415554523468, 0.11681538820266724, -0.38910233974456787,
      0.261550635099411, 0.8240569829940796, 0.1883879154920578, 1.5287765264511108, -0.5102359056472778,
    ],
    rademacher: [1, 1, 1, 1, 1, 1, -1, -1, -1, 1],
    uniform64: [
      0.7573823862996888, 0.04293979236586665, 0.6612644635054908, 0.8347873299191942, 0.754126464971642,
      0.20108578230444263, 0.23048604868942435, 0.718280083042598, 0.4712058305316743, 0.8779936304679842,
    ],
  }

  it.each(methods)('%s', (method) => {
    expect(draw(stream, method, range)).toEqual(frozen[method])
  })

  it('categorical and permutation', () => {
    expect(draw(stream, 'categorical', range)).toEqual([2, 0, 1, 2, 2, 1, 1, 2, 1, 2])
    expect([...stream.permutation({ index: 7, size: 10 })]).toEqual([3, 2, 0, 1, 6, 7, 4, 8, 5, 9])
  })
})

describe('errors', () => {
  const stream = new RandomStream({ seed: 1, name: 'errors' })
  const range = { first: 0, count: 2, width: 3 }
  const cases: [string, string, () => unknown][] = [
    ['a negative seed', 'random/seed', () => new RandomStream({ seed: -1, name: 'a' })],
    ['a fractional seed', 'random/seed', () => new RandomStream({ seed: 0.5, name: 'a' })],
    ['a seed of 2⁵³', 'random/seed', () => new RandomStream({ seed: 2 ** 53, name: 'a' })],
    ['no name', 'random/name', () => new RandomStream({ seed: 1, name: '' })],
    ['a child without name', 'random/name', () => stream.child('')],
    ['a negative index', 'random/range', () => stream.bits({ ...range, first: -1 })],
    ['a last index of 2⁵³', 'random/range', () => stream.bits({ ...range, first: Number.MAX_SAFE_INTEGER })],
    ['a fractional count', 'random/range', () => stream.uniform({ ...range, count: 1.5 })],
    ['a width of 0', 'random/range', () => stream.normal({ ...range, width: 0 })],
    ['a width that is not a number', 'random/range', () => stream.normal({ ...range, width: Number.NaN })],
    ['a counter of 2³²', 'random/range', () => stream.rademacher({ ...range, counter: 2 ** 32 })],
    ['too many values', 'random/range', () => stream.bits({ ...range, count: 2 ** 20, width: 2 ** 20 })],
    ['an array too short', 'random/out-length', () => stream.normal(range, new Float32Array(5))],
    ['an array too long', 'random/out-length', () => stream.uniform64(range, new Float64Array(7))],
    ['no probabilities', 'random/probabilities', () => stream.categorical(range, [])],
    ['a negative probability', 'random/probabilities', () => stream.categorical(range, [1.5, -0.5])],
    ['a probability NaN', 'random/probabilities', () => stream.categorical(range, [1, Number.NaN])],
    ['a wrong sum', 'random/probabilities', () => stream.categorical(range, [0.5, 0.4])],
    ['a negative size', 'random/range', () => stream.permutation({ index: 0, size: -1 })],
    ['a fractional epoch', 'random/range', () => stream.permutation({ index: 0.5, size: 3 })],
  ]

  it.each(cases)('%s is %s', (_, code, act) => {
    let caught: unknown
    try {
      act()
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(ScorefieldError)
    expect(caught).toMatchObject({ kind: 'usage', code })
  })
})
