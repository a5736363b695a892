import { sameShape, shapeError } from '../shape.ts'
import { showType, type Tensor } from '../tensor.ts'
import { input } from './input.ts'
import { isFloat, loopOf } from './scan-operation.ts'

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
