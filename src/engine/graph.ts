import { operandsOf } from './ops/broadcast-to.ts'
import { constantData } from './ops/constant.ts'
import { bytesOf, showNumber, showType, type Tensor } from './tensor.ts'

/**
 * Every tensor that the outputs need, each after its inputs. The order depends on the expression only, not on what
 * was traced before, so the same function always gives the same program.
 */
export function topologicalOrder(
  outputs: readonly Tensor[],
  inputsOf: (tensor: Tensor) => readonly Tensor[] = (tensor) => tensor.inputs,
): Tensor[] {
  const done = new Set<Tensor>()
  const order: Tensor[] = []
  const stack: { tensor: Tensor; inputs: readonly Tensor[]; next: number }[] = []
  const visit = (tensor: Tensor): void => void stack.push({ tensor, inputs: inputsOf(tensor), next: 0 })
  for (const output of outputs) {
    if (!done.has(output)) visit(output)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!
      const child = top.inputs[top.next++]
      if (child === undefined) {
        stack.pop()
        order.push(top.tensor)
        done.add(top.tensor)
      } else if (!done.has(child)) visit(child)
    }
  }
  return order
}

/** What a graph costs. */
export interface GraphCost {
  /** Operations that do work: inputs and constants are not counted. */
  readonly operations: number
  readonly byOperation: Readonly<Record<string, number>>
  /** Floating-point operations of one run. */
  readonly flops: number
  /** Most bytes alive at once, if every tensor is freed after its last use; inputs, constants and outputs stay. */
  readonly peakBytes: number
}

/**
 * Counts the operations, the floating-point work and the peak memory of the graph behind these outputs.
 * A broadcastTo that the runtime does by itself while it computes is none of them.
 */
export function graphCost(outputs: readonly Tensor[]): GraphCost {
  const order = topologicalOrder(outputs, operandsOf)
  const byOperation: Record<string, number> = {}
  let operations = 0
  let flops = 0
  const lastUse = new Map<Tensor, number>()
  for (const [at, tensor] of order.entries()) {
    for (const input of operandsOf(tensor)) lastUse.set(input, at)
    if (isLeaf(tensor)) continue
    operations++
    byOperation[tensor.operation.name] = (byOperation[tensor.operation.name] ?? 0) + 1
    flops += tensor.operation.flops(tensor.inputs, tensor, tensor.attributes)
  }
  const kept = new Set([...outputs, ...order.filter(isLeaf)])
  let alive = 0
  let peakBytes = 0
  for (const [at, tensor] of order.entries()) {
    alive += bytesOf(tensor)
    peakBytes = Math.max(peakBytes, alive)
    for (const input of new Set(operandsOf(tensor)))
      if (lastUse.get(input) === at && !kept.has(input)) alive -= bytesOf(input)
  }
  return { operations, byOperation, flops, peakBytes }
}

/**
 * One line a tensor: `%5 = mul(%3, %4) float32[8, 2]  # block 1`. Numbers and short constants stand where they are
 * used; stretching that the runtime does by itself is not shown.
 */
export function printGraph(outputs: Readonly<Record<string, Tensor>>): string {
  const names = new Map<Tensor, string>()
  const lines: string[] = []
  for (const tensor of topologicalOrder(Object.values(outputs), operandsOf)) {
    const value = constantData(tensor)
    if (value && value.length <= 4) {
      names.set(tensor, value.length === 1 ? showNumber(value[0]!) : `[${Array.from(value).join(', ')}]`)
      continue
    }
    const name = `%${lines.length}`
    names.set(tensor, name)
    const given = [...operandsOf(tensor).map((input) => names.get(input)!), ...showAttributes(tensor)]
    const label = tensor.label ? `  # ${tensor.label}` : ''
    lines.push(`${name} = ${tensor.operation.name}(${given.join(', ')}) ${showType(tensor)}${label}`)
  }
  for (const [name, tensor] of Object.entries(outputs)) lines.push(`${name}: ${names.get(tensor)}`)
  return lines.join('\n')
}

/** Attributes that say more than the type does: no shapes, no flags that are off. */
function showAttributes(tensor: Tensor): string[] {
  return Object.entries(tensor.attributes)
    .filter(([name, value]) => name !== 'dtype' && name !== 'shape' && value !== false)
    .map(([name, value]) =>
      value instanceof Float64Array ? `${value.length} values` : `${name}=${JSON.stringify(value)}`,
    )
}

function isLeaf(tensor: Tensor): boolean {
  return tensor.inputs.length === 0
}
