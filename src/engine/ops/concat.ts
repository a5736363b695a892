import { defineOperation, type Operation } from '../operation.ts'
import { normaliseAxis, shapeError, sizeOf } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { broadcastTo, broadcastToOperation } from './broadcast-to.ts'
import { make } from './constant.ts'

/** Tensors one after the other along an axis.  Each input's cotangent is its slice of g. */
export const concatOperation: Operation = defineOperation({
  name: 'concat',
  summary: 'tensors one after the other along an axis',
  infer: (inputs, attributes) => {
    const axis = attributes['axis'] as number
    const [first] = inputs
    const fits = inputs.every(
      (x) =>
        x.dtype === first!.dtype &&
        x.shape.length === first!.shape.length &&
        x.shape.every((extent, a) => a === axis || extent === first!.shape[a]),
    )
    if (!fits)
      throw shapeError(`concat: ${inputs.map(showType).join(', ')} do not fit together along axis ${axis}.`)
    const total = inputs.reduce((length, x) => length + x.shape[axis]!, 0)
    return { shape: first!.shape.map((extent, a) => (a === axis ? total : extent)), dtype: first!.dtype }
  },
  derivative: ({ f, inputs, attributes, cotangent }) => {
    const axis = attributes['axis'] as number
    let start = 0
    return inputs.map((x) => {
      const end = start + x.shape[axis]!
      const part = f.slice(cotangent, { axis, start, end })
      start = end
      return x.dtype === 'float32' ? part : null
    })
  },
  lower: (c) => c.node('Concat', c.inputs(), { axis: c.attribute<number>('axis') }),
  reference: (inputs, attributes, output) => {
    const axis = attributes['axis'] as number
    const result = new Float64Array(sizeOf(output.shape))
    const outer = sizeOf(output.shape.slice(0, axis))
    const inner = sizeOf(output.shape.slice(axis + 1))
    let at = 0
    for (let block = 0; block < outer; block++)
      for (const x of inputs) {
        const length = x.shape[axis]! * inner
        result.set(x.data.subarray(block * length, (block + 1) * length), at)
        at += length
      }
    return result
  },
  flops: () => 0,
  samples: [
    { inputs: [{ shape: [2, 3] }, { shape: [4, 3] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [2, 3] }, { shape: [2, 1] }, { shape: [2, 2] }], attributes: { axis: 1 } },
  ],
})

/** `tensors` one after the other along `axis`. */
export function concat(tensors: readonly Tensor[], options: { axis: number }): Tensor {
  const [first] = tensors
  if (!first) throw shapeError('concat: there is nothing to put together.')
  const axis = normaliseAxis(options.axis, first.shape.length, 'concat')
  if (tensors.length === 1) return first
  concatOperation.infer(tensors, { axis })
  const filled = tensors.filter((x) => x.shape[axis] !== 0)
  if (filled.length < 2) return filled[0] ?? first
  return repeatedRows(filled, axis) ?? make(concatOperation, filled, { axis })
}

/** Where each tensor is one row repeated, the rows are put together first and repeated afterwards. */
function repeatedRows(tensors: readonly Tensor[], axis: number): Tensor | undefined {
  const rank = tensors[0]!.shape.length
  const rows = tensors.map((x) => (x.operation === broadcastToOperation ? x.inputs[0]! : undefined))
  const isRow = (row: Tensor | undefined): boolean => row?.shape.length === rank && row.shape[0] === 1
  // One row alone is not repeated, though its other axes may be.
  if (axis === 0 || tensors[0]!.shape[0] === 1 || !rows.every(isRow)) return undefined
  const whole = rows.map((row, i) => broadcastTo(row!, [1, ...tensors[i]!.shape.slice(1)]))
  const extent = tensors.reduce((total, x) => total + x.shape[axis]!, 0)
  return broadcastTo(
    concat(whole, { axis }),
    tensors[0]!.shape.map((size, a) => (a === axis ? extent : size)),
  )
}
