import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts'

/** Any bits of a float32, NaN's payloads among them. */
const floats = (length: number): fc.Arbitrary<Float32Array> =>
  fc
    .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: length, maxLength: length })
    .map((bits) => new Float32Array(Uint32Array.from(bits).buffer))

const tensor: fc.Arbitrary<StoredTensor> = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 })
  .chain((shape) => floats(shape.reduce((a, b) => a * b, 1)).map((data) => ({ shape, data })))

const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text !== '__metadata__')
const tensors = fc.dictionary(name, tensor, { maxKeys: 5 })
const metadata = fc.dictionary(name, fc.string({ unit: 'grapheme' }), { maxKeys: 3 })

const bitsOf = (file: Readonly<Record<string, StoredTensor>>): unknown =>
  Object.entries(file).map(([key, { shape, data }]) => [
    key,
    shape,
    [...new Uint32Array(data.slice().buffer)],
  ])

const headerOf = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))))

/** A file made by hand: this header, these bytes. */
function file(header: unknown, dataBytes = 0, length?: number): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? header : JSON.stringify(header)
  const encoded = new TextEncoder().encode(text)
  const bytes = new Uint8Array(8 + encoded.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? encoded.length), true)
  bytes.set(encoded, 8)
  return bytes
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4]): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
})

describe('safetensors', () => {
  test('every bit comes back, with names, shapes, order and metadata', () => {
    fc.assert(
      fc.property(tensors, metadata, (given, said) => {
        const decoded = decodeSafetensors(encodeSafetensors(given, said))
        expect(bitsOf(decoded.tensors)).toEqual(bitsOf(given))
        expect(Object.entries(decoded.metadata)).toEqual(Object.entries(said))
      }),
    )
  })

  test('the file is as the format says: length, padded header, little-endian numbers without gaps', () => {
    const bytes = encodeSafetensors(
      {
        w: { shape: [2, 1], data: Float32Array.of(1, -2) },
        'b/ias': { shape: [], data: Float32Array.of(0.5) },
      },
      { step: '4' },
    )
    const header =
      '{"__metadata__":{"step":"4"},' +
      '"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},' +
      '"b/ias":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}'
    const padded = Math.ceil(header.length / 8) * 8
    expect([...bytes.subarray(0, 8)]).toEqual([padded & 255, padded >> 8, 0, 0, 0, 0, 0, 0])
    expect(headerOf(bytes)).toBe(header.padEnd(padded, ' '))
    // 1 is 3f800000, −2 is c0000000, ½ is 3f000000.
    expect([...bytes.subarray(8 + padded)]).toEqual([0, 0, 128, 63, 0, 0, 0, 192, 0, 0, 0, 63])
  })

  test('numbers start at a multiple of 8 bytes, whatever the names', () => {
    for (let length = 0; length < 16; length++) {
      const bytes = encodeSafetensors({ ['n'.repeat(length)]: { shape: [1], data: Float32Array.of(3) } })
      expect(bytes.length % 8).toBe(4)
    }
  })

  test('reads from a view into a larger buffer, at an odd offset', () => {
    const bytes = encodeSafetensors({ a: { shape: [3], data: Float32Array.of(1, 2, 3) } })
    const larger = new Uint8Array(bytes.length + 11)
    larger.set(bytes, 5)
    const view = larger.subarray(5, 5 + bytes.length)
    for (const given of [view, Buffer.from(larger.buffer, 5, bytes.length), Buffer.from(bytes)])
      expect([...decodeSafetensors(given).tensors['a']!.data]).toEqual([1, 2, 3])
    const { data } = decodeSafetensors(Buffer.from(bytes)).tensors['a']!
    expect(data.buffer.byteLength).toBe(12)
  })

  test('reads what others may write: any order of tensors, no padding, odd alignment', () => {
    const bytes = file({ b: entry(4, 8), a: entry(0, 4) }, 8)
    new DataView(bytes.buffer, bytes.length - 8).setFloat32(0, 7, true)
    expect(decodeSafetensors(bytes).tensors).toEqual({
      b: { shape: [1], data: Float32Array.of(0) },
      a: { shape: [1], data: Float32Array.of(7) },
    })
    expect(decodeSafetensors(file('{}')).tensors).toEqual({})
    expect(
      decodeSafetensors(file('{"q\\"{": {"dtype":"F32","shape":[0],"data_offsets":[0,0]} }  ')).tensors,
    ).toEqual({ 'q"{': { shape: [0], data: new Float32Array() } })
  })

  test('cut anywhere it is refused; a byte too many, too', () => {
    const bytes = encodeSafetensors({ a: { shape: [4], data: Float32Array.of(1, 2, 3, 4) } })
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ kind: 'data', code: 'safetensors/truncated' }),
      )
    expect(() => decodeSafetensors(Uint8Array.of(...bytes, 0))).toThrow(
      expect.objectContaining({ code: 'safetensors/offsets' }),
    )
  })

  const ragged = { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }
  test.each([
    ['empty file', new Uint8Array(), 'truncated'],
    ['header longer than the file', file('{}', 0, 3), 'truncated'],
    ['header longer than the format allows', file('{}', 0, 1e8 + 1), 'header'],
    ['no JSON', file('{"a"'), 'header'],
    ['no UTF-8', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), 'header'],
    ['an array', file('[]'), 'header'],
    ['null', file('null'), 'header'],
    ['space before the brace', file(' {}'), 'header'],
    ['metadata that are numbers', file({ __metadata__: { step: 4 } }), 'header'],
    ['metadata that are a list', file({ __metadata__: ['a'] }), 'header'],
    ['a tensor that is a number', file({ a: 1 }), 'header'],
    ['no dtype', file({ a: { shape: [1], data_offsets: [0, 4] } }, 4), 'header'],
    ['negative size', file({ a: entry(0, 4, [-1]) }, 4), 'header'],
    ['fractional size', file({ a: entry(0, 4, [1.5]) }, 4), 'header'],
    ['negative offset', file({ a: entry(-4, 0) }, 4), 'header'],
    ['three offsets', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, 4), 'header'],
    ['half precision', file({ a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] } }, 4), 'dtype'],
    ['size is not the shape’s', file(ragged, 4), 'offsets'],
    ['offsets turned around', file({ a: entry(4, 0, [1]) }, 4), 'offsets'],
    ['beyond the end', file({ a: entry(0, 8) }, 4), 'truncated'],
    ['overlap', file({ a: entry(0, 8), b: entry(4, 12) }, 12), 'offsets'],
    ['the same bytes twice', file({ a: entry(0, 4), b: entry(0, 4) }, 4), 'offsets'],
    ['a gap', file({ a: entry(0, 4), b: entry(8, 12) }, 12), 'offsets'],
    ['bytes before the first', file({ a: entry(4, 8) }, 8), 'offsets'],
    [
      'a name twice',
      file(
        '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
      ),
      'duplicate-name',
    ],
  ])('%s', (_, bytes, code) => {
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(
      expect.objectContaining({ kind: 'data', code: `safetensors/${code}`, where: 'model.safetensors' }),
    )
  })

  test('what cannot be written is refused', () => {
    const data = Float32Array.of(1, 2)
    const writing = (given: Record<string, StoredTensor>) => () => encodeSafetensors(given)
    const code = (suffix: string) => expect.objectContaining({ kind: 'usage', code: `safetensors/${suffix}` })
    expect(writing({ __metadata__: { shape: [2], data } })).toThrow(code('name'))
    expect(writing({ a: { shape: [3], data } })).toThrow(code('shape'))
    expect(writing({ a: { shape: [-1, -2], data } })).toThrow(code('shape'))
  })
})
