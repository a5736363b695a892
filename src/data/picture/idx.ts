import { ScorefieldError } from '../../base/index.ts'

/** An array of bytes with its sizes, as an IDX file holds it. */
export interface IdxArray {
  readonly shape: readonly number[]
  readonly values: Uint8Array
}

/** What an IDX file may hold, by the third byte; bytes only are pictures and labels. */
const idxTypes: Readonly<Record<number, string>> = {
  8: 'bytes',
  9: 'signed bytes',
  11: 'whole numbers of 16 bits',
  12: 'whole numbers of 32 bits',
  13: 'numbers of 32 bits',
  14: 'numbers of 64 bits',
}

/**
 * An IDX file, uncompressed: two bytes 0, the type, the number of dimensions, a size of 4 bytes for each (big-endian), the values.
 * That is the format of MNIST (LeCun, Cortes & Burges). where: the file, for messages. Throws `data/idx`.
 */
export function parseIdx(bytes: Uint8Array, where: string): IdxArray {
  const wrong = (message: string, hint: string): ScorefieldError =>
    new ScorefieldError({ kind: 'data', code: 'data/idx', message: `${where} ${message}`, where, hint })
  const complete = 'Get the file again, whole and unchanged.'
  const [zero, alsoZero, type = 0, rank = 0] = bytes
  if (bytes.length < 4 || zero !== 0 || alsoZero !== 0 || idxTypes[type] === undefined)
    throw wrong('is no IDX file: it does not begin with 0, 0 and the code of a type.', complete)
  if (type !== 8)
    throw wrong(`holds ${idxTypes[type]}; pictures and labels are bytes.`, 'Write it as bytes, 0 to 255.')
  const start = 4 + 4 * rank
  if (bytes.length < start) throw wrong(`ends within its sizes.`, complete)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  const size = shape.reduce((product, side) => product * side, 1)
  if (bytes.length - start !== size)
    throw wrong(
      `says that it holds ${shape.join(' × ')} bytes, ${size}; there are ${bytes.length - start}.`,
      complete,
    )
  return { shape, values: new Uint8Array(bytes.buffer, bytes.byteOffset + start, size) }
}
