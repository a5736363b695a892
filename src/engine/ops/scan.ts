import { topologicalOrder } from '../graph.ts'
import { interpret } from '../interpret.ts'
import { type DerivativeContext, defineOperation, type LoopGraph, type Operation } from '../operation.ts'
import { sameShape, shapeError, sizeOf } from '../shape.ts'
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

const isFloat = ({ dtype }: Tensor): boolean => dtype === 'float32'
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

type Tensors<Name extends string> = Readonly<Record<Name, Tensor>>

/**
 * A step done again and again inside a program's step, each time from what the last one left:
 * c_{k+1}, y_k = step(c_k, x_k) for k = 0 … length − 1.
 *
 * `carry` holds c₀ by name; of each tensor of `over`, [length, …shape], round k gets x_k, of the given shape. Whatever
 * else the step uses from outside is the same in all rounds, and computed once where it is computed outside. Returns the
 * last carry and the outputs stacked, [length, …shape]. With `reverse` the rounds run from the last x to the first;
 * outputs keep the places of their x.
 *
 * Becomes one ONNX Loop, whatever the length. It has derivatives of any depth, each a loop the other way round; the
 * carries of all rounds are then kept, length times their memory. For few rounds of little work an unrolled step is
 * faster: a round costs some microseconds by itself.
 *
 * ```ts
 * const { carry } = scan({
 *   carry: { x }, over: { noise },
 *   step: ({ carry, over }) => ({ carry: { x: add(mul(0.9, carry.x), over.noise) } }),
 * })
 * ```
 * @throws where lengths differ, or a new carry is not of the old one's names and types.
 */
export function scan<C extends string, X extends string = never, Y extends string = never>(options: {
  readonly carry: Tensors<C>
  readonly over?: Tensors<X>
  /** Number of rounds; needed only where there is nothing to go over. */
  readonly length?: number
  readonly reverse?: boolean
  readonly step: (given: { carry: Tensors<C>; over: Tensors<X>; index: Tensor }) => {
    readonly carry: Tensors<C>
    readonly outputs?: Tensors<Y>
  }
}): { readonly carry: Tensors<C>; readonly outputs: Tensors<Y> } {
  const [carryNames, carries] = entriesOf<C>(options.carry)
  const [overNames, stacked] = entriesOf<X>(options.over ?? ({} as Tensors<X>))
  const length = lengthOf(options.length, overNames, stacked)
  const index = input('index', { shape: [], dtype: 'int32' })
  const carrySymbols = carries.map((x, i) => input(carryNames[i]!, x))
  const slices = stacked.map((x, i) => input(overNames[i]!, { shape: x.shape.slice(1), dtype: x.dtype }))
  const result = options.step({
    ...{ carry: named(carryNames, carrySymbols), over: named(overNames, slices), index },
  })
  const next = carryNames.map((name, i) => sameTypeAs(carries[i]!, name, result.carry[name]))
  if (Object.keys(result.carry).length !== carryNames.length)
    throw shapeError(
      `scan: the step returns a carry of ${Object.keys(result.carry).join(', ')}, not of ${carryNames.join(', ')}.`,
    )
  const [outputNames, outputs] = entriesOf<Y>(result.outputs ?? ({} as Tensors<Y>))
  for (const [kind, names, tensors] of [
    ['carry', carryNames, carries],
    ['output', outputNames, outputs],
  ] as const)
    for (const [i, x] of tensors.entries())
      if (!isFloat(x))
        throw shapeError(
          `scan: the ${kind} ${names[i]} is ${showType(x)}; it must be float32.`,
          'Convert it with cast.',
        )
  const loop = loopOf(
    { carries: carrySymbols, slices, index, next, outputs },
    { carries, stacked },
    { length, reverse: options.reverse ?? false },
  )
  return { carry: named(carryNames, loop.carries), outputs: named(outputNames, loop.outputs) }
}

function entriesOf<Name extends string>(tensors: Tensors<Name>): [Name[], Tensor[]] {
  return [Object.keys(tensors) as Name[], Object.values(tensors)]
}

function named<Name extends string>(names: readonly Name[], tensors: readonly Tensor[]): Tensors<Name> {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]!])) as Tensors<Name>
}

function lengthOf(told: number | undefined, names: readonly string[], stacked: readonly Tensor[]): number {
  const length = told ?? stacked[0]?.shape[0]
  if (length === undefined || !Number.isInteger(length) || length < 1)
    throw shapeError(
      `scan: ${length ?? 'no'} rounds cannot be run.`,
      'Give a length, or something to go over.',
    )
  for (const [i, x] of stacked.entries())
    if (x.shape[0] !== length) throw shapeError(`scan: ${names[i]} is ${showType(x)}, for ${length} rounds.`)
  return length
}

function sameTypeAs(before: Tensor, name: string, after: Tensor | undefined): Tensor {
  if (after && sameShape(before.shape, after.shape) && before.dtype === after.dtype) return after
  throw shapeError(
    `scan: the carry ${name} is ${showType(before)}, after a step ${after ? showType(after) : 'nothing'}.`,
  )
}
