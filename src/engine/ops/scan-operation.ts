import { topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret.ts'
import { type DerivativeContext, defineOperation, type LoopGraph, type Operation } from '../operation.ts'
import { shapeError, sizeOf } from '../shape.ts'
import { intern, showType, type Tensor } from '../tensor.ts'
import { add } from './add.ts'
import { broadcastTo, uniformValue } from './broadcast-to.ts'
import { constant } from './constant.ts'
import { div } from './div.ts'
import { input } from './input.ts'
import { capturedBy, LoopBody, type Rounds, unpacked } from './loop-body.ts'
import { mul } from './mul.ts'

interface ScanAttributes extends Record<string, unknown>, Rounds {
  readonly body: LoopBody
}

/**
 * c_{k+1}, y_k = step(c_k, x_k): the last carry and the stacked y, one after the other in one flat tensor.
 *
 * Its derivative is a loop the other way round, which needs the carries of all rounds: the first loop then keeps them.
 */
export const scanOperation: Operation = defineOperation({
  name: 'scan',
  summary: 'a step done again and again, each time from what the last one left',
  infer: (inputs, attributes) => {
    const { body, length } = attributes as ScanAttributes
    const expected = [
      ...body.carries,
      ...body.slices.map(({ shape, dtype }) => ({ shape: [length, ...shape], dtype })),
      ...body.captured,
    ]
    for (const [i, type] of expected.entries())
      if (!inputs[i] || showType(inputs[i]) !== showType(type))
        throw shapeError(`scan: input ${i} is not ${showType(type)}.`)
    const sizes = body.resultShapes(length).map(sizeOf)
    return { shape: [sizes.reduce((total, size) => total + size, 0)], dtype: 'float32' }
  },
  derivative: (context) => scanDerivative(context),
  lower: (c) => {
    const { body, length, reverse } = c.tensor.attributes as ScanAttributes
    const results = c.loop(body, { length, reverse })
    const flat = body.resultShapes(length).map((shape, i) => c.reshape(results[i]!, [sizeOf(shape)]))
    return flat.length === 1 ? flat[0]! : c.node('Concat', flat, { axis: 0 })
  },
  reference: (inputs, attributes) => {
    const { body, length, reverse } = attributes as ScanAttributes
    const [carryCount, sliceCount] = [body.carries.length, body.slices.length]
    const fixed = body.captured.map((x, k) => [x, inputs[carryCount + sliceCount + k]!.data] as const)
    let carries = inputs.slice(0, carryCount).map(({ data }) => data)
    const outputs = body.outputs.map(({ shape }) => new Float64Array(length * sizeOf(shape)))
    for (let round = 0; round < length; round++) {
      const position = reverse ? length - 1 - round : round
      const given = new Map<Tensor, Float64Array>([
        ...fixed,
        [body.index, Float64Array.of(position)],
        ...body.carries.map((carry, i) => [carry, carries[i]!] as const),
        ...body.slices.map((part, i) => {
          const size = sizeOf(part.shape)
          const { data } = inputs[carryCount + i]!
          return [part, data.subarray(position * size, (position + 1) * size)] as const
        }),
      ])
      const values = interpret([...body.next, ...body.outputs], given)
      carries = values.slice(0, carryCount)
      for (const [i, value] of values.slice(carryCount).entries())
        outputs[i]!.set(value, position * value.length)
    }
    return Float64Array.from([...carries, ...outputs].flatMap((data) => Array.from(data)))
  },
  flops: (_inputs, _output, attributes) => {
    const { body, length } = attributes as ScanAttributes
    const round = body.order().reduce((total, x) => total + x.operation.flops(x.inputs, x, x.attributes), 0)
    return length * round
  },
  samples: [false, true].map((reverse) => ({
    inputs: [{ shape: [2] }, { shape: [3, 2] }],
    attributes: sampleAttributes(reverse),
  })),
})

/** c ← c x / (1 + c²), and the products c x as outputs. */
function sampleAttributes(reverse: boolean): ScanAttributes {
  const carry = input('carry', { shape: [2], dtype: 'float32' })
  const part = input('slice', { shape: [2], dtype: 'float32' })
  const index = input('index', { shape: [], dtype: 'int32' })
  const product = mul(carry, part)
  const own = { carries: [carry], slices: [part], index, captured: [] }
  return {
    body: new LoopBody({ ...own, next: [div(product, add(mul(carry, carry), 1))], outputs: [product] }),
    length: 3,
    reverse,
  }
}

/** What a loop is made of, but for what it captures, which is found. */
export type Round = Omit<LoopGraph, 'captured'>

/**
 * The loop of these rounds, with the first carries and the stacked slices. `replaced` are tensors of the rounds for
 * which others stand outside.
 */
export function loopOf(
  round: Round,
  given: { readonly carries: readonly Tensor[]; readonly stacked: readonly Tensor[] },
  rounds: Rounds,
  options: { readonly replaced?: ReadonlyMap<Tensor, Tensor>; readonly extended?: Tensor } = {},
): { readonly carries: readonly Tensor[]; readonly outputs: readonly Tensor[]; readonly whole: Tensor } {
  const { replaced = new Map<Tensor, Tensor>(), extended } = options
  const own = new Set([...round.carries, ...round.slices, round.index])
  const results = [...round.next, ...round.outputs]
  const captured = [...capturedBy(results, new Set([...own, ...replaced.keys()])), ...replaced.keys()]
  const body = new LoopBody({ ...round, captured }, extended)
  const whole = intern(
    scanOperation,
    [...given.carries, ...given.stacked, ...captured.map((x) => replaced.get(x) ?? x)],
    { body, length: rounds.length, reverse: rounds.reverse } satisfies ScanAttributes,
  )
  const values = unpacked(whole, body.resultShapes(rounds.length))
  return { carries: values.slice(0, round.next.length), outputs: values.slice(round.next.length), whole }
}

export const isFloat = ({ dtype }: Tensor): boolean => dtype === 'float32'
const zerosLike = (x: Tensor): Tensor => broadcastTo(constant(0), x.shape)

/**
 * With cotangents ĉ of the carry and ŷ of the outputs, the loop the other way round does
 * ĉ_k, x̂_k, ŵ = (ĉ_{k+1}, ŷ_k)ᵀ ∂(c_{k+1}, y_k)/∂(c_k, x_k, w), and adds up the ŵ of what is captured.
 */
function scanDerivative(context: DerivativeContext): (Tensor | null)[] {
  const { inputs, attributes, output, cotangent, partials } = context
  const { body, length, reverse } = attributes as ScanAttributes
  const { carries, slices, captured, index, next, outputs } = body
  const first = carries.length + slices.length
  const stacked = inputs.slice(carries.length, first)
  const given = unpacked(cotangent, body.resultShapes(length))
  const ofCarries = next.map((x) => input('cotangent of a carry', x))
  const ofOutputs = outputs.map((x, j) =>
    uniformValue(given[next.length + j]!) === 0 ? undefined : input('cotangent of an output', x),
  )
  const wrt = [...carries, ...slices.filter(isFloat), ...captured.filter(isFloat)]
  const sent = partials([...next, ...outputs], wrt, [
    ...ofCarries,
    ...outputs.map((x, j) => ofOutputs[j] ?? zerosLike(x)),
  ])
  const sentTo = (x: Tensor): Tensor | undefined => {
    const part = isFloat(x) ? sent[wrt.indexOf(x)] : undefined
    return part && uniformValue(part) !== 0 ? part : undefined
  }
  const toSlices = slices.filter(sentTo)
  const toCaptured = captured.filter(sentTo)
  const sums = toCaptured.map((x) => input('sum', x))
  const results = {
    next: [...carries.map((_, i) => sent[i]!), ...toCaptured.map((x, k) => add(sums[k]!, sentTo(x)!))],
    outputs: toSlices.map((x) => sentTo(x)!),
  }
  // Where the step is linear in a carry, nobody asks what it was.
  const used = new Set(topologicalOrder([...results.next, ...results.outputs]))
  const [usedCarries, usedSlices] = [carries, slices].map((symbols) =>
    symbols.filter((x) => used.has(x)),
  ) as [Tensor[], Tensor[]]
  const replaced = new Map(
    captured.flatMap((x, k) => (x === inputs[first + k] ? [] : [[x, inputs[first + k]!] as const])),
  )
  const kept = loopOf(
    { carries, slices, index, next, outputs: [...outputs, ...usedCarries] },
    { carries: inputs.slice(0, carries.length), stacked },
    { length, reverse },
    { replaced, extended: output },
  )
  const back = loopOf(
    {
      ...results,
      ...{ index, carries: [...ofCarries, ...sums] },
      slices: [...usedCarries, ...usedSlices, ...ofOutputs.filter((x) => x !== undefined)],
    },
    {
      carries: [...given.slice(0, next.length), ...sums.map(zerosLike)],
      stacked: [
        ...kept.outputs.slice(outputs.length),
        ...stacked.filter((_, i) => used.has(slices[i]!)),
        ...given.slice(next.length).filter((_, j) => ofOutputs[j]),
      ],
    },
    { length, reverse: !reverse },
    { replaced },
  )
  return [
    ...back.carries.slice(0, next.length),
    ...slices.map((x) => back.outputs[toSlices.indexOf(x)] ?? null),
    ...captured.map((x) =>
      toCaptured.includes(x) ? back.carries[next.length + toCaptured.indexOf(x)]! : null,
    ),
  ]
}
