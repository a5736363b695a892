import { ScorefieldError } from '../base/index.ts'
import { readHeader, type TensorEntry } from './safetensors-header.ts'

/** Numbers with their shape; the last axis runs fastest. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Tensors by name, in the order of the file, and what the file says of itself. */
export interface StoredTensors {
  readonly tensors: Readonly<Record<string, StoredTensor>>
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Writes tensors as a safetensors file: its header's length as 8 bytes, a JSON header, then the numbers, one tensor after
 * the other, little-endian.  The header is padded with spaces so that the numbers start at a multiple of 8 bytes.
 *
 * Bits are kept, NaN's included. Equal tensors in equal order give equal bytes.
 * Errors: `safetensors/name` for the reserved name `__metadata__`; `safetensors/shape` where a shape is no list of whole
 * numbers or does not fit its data.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : []
  let end = 0
  for (const [name, tensor] of Object.entries(tensors)) {
    requireWritable(name, tensor)
    const begin = end
    end += tensor.data.byteLength
    entries.push([name, { dtype: 'F32', shape: tensor.shape, data_offsets: [begin, end] }])
  }
  const header = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)))
  const start = 8 + Math.ceil(header.length / 8) * 8
  const bytes = new Uint8Array(start + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true)
  bytes.set(header, 8)
  bytes.fill(0x20, 8 + header.length, start)
  let at = start
  for (const { data } of Object.values(tensors)) {
    bytes.set(littleEndian(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)), at)
    at += data.byteLength
  }
  return bytes
}

/**
 * Reads a safetensors file of float32 tensors; everything that its header claims is checked first.
 *
 * where: the file's name, for messages.
 * Errors, all of kind `data`: `safetensors/truncated`, `safetensors/header`, `safetensors/duplicate-name`,
 * `safetensors/dtype`, `safetensors/offsets` (out of range, overlapping, with gaps, or not the shape's size).
 */
export function decodeSafetensors(bytes: Uint8Array, where?: string | undefined): StoredTensors {
  const { entries, metadata, dataStart } = readHeader(bytes, where)
  const tensorOf = ({ shape, begin, end }: TensorEntry): StoredTensor => {
    // A copy, since the numbers need not be aligned in the file; `slice` would not copy a Buffer.
    const copy = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end))
    return { shape, data: new Float32Array(littleEndian(copy).buffer) }
  }
  return {
    tensors: Object.fromEntries(entries.map((entry) => [entry.name, tensorOf(entry)])),
    metadata,
  }
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** The bytes of float32 numbers turned from the host's order to little-endian, or back. */
function littleEndian<B extends ArrayBufferLike>(bytes: Uint8Array<B>): Uint8Array<B | ArrayBuffer> {
  if (hostIsLittleEndian) return bytes
  return bytes.map((_, i) => bytes[i ^ 3]!)
}

function requireWritable(name: string, { shape, data }: StoredTensor): void {
  if (name === '__metadata__')
    throw new ScorefieldError({
      kind: 'usage',
      code: 'safetensors/name',
      message: 'A tensor cannot be called "__metadata__": the format keeps that name for itself.',
    })
  const whole = shape.every((size) => Number.isSafeInteger(size) && size >= 0)
  if (!whole || shape.reduce((product, size) => product * size, 1) !== data.length)
    throw new ScorefieldError({
      kind: 'usage',
      code: 'safetensors/shape',
      message: `The tensor "${name}" has ${data.length} numbers; its shape is [${shape.join(', ')}].`,
    })
}
