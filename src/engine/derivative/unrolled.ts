import { topologicalOrder } from '../graph.ts'
import type { Operation } from '../operation.ts'
import * as f from '../ops/index.ts'
import { matmulOperation } from '../ops/matmul.ts'
import type { Tensor } from '../tensor.ts'
import { pullback } from './vjp.ts'

/** tr ∂y_b/∂x_b by d reverse passes over the one forward pass that they share, one after the other in the graph. */
export function traceUnrolled(y: Tensor, x: Tensor): Tensor {
  const dimension = x.shape[1]!
  const pull = pullback([y], [x])
  const passes = Array.from({ length: dimension }, (_, i) => {
    const unit = new Float64Array(dimension)
    unit[i] = 1
    return pull([f.broadcastTo(f.constant({ shape: [1, dimension], data: unit }), y.shape)])[0]!
  })
  // What two passes have in common is the forward pass and what hangs on it.
  const second = new Set(topologicalOrder(passes.slice(1, 2)))
  const shared = new Set(topologicalOrder(passes.slice(0, 1)).filter((tensor) => second.has(tensor)))
  const diagonal = passes.map((pass, i) => column(pass, i, shared))
  return f.sum(f.concat(diagonal, { axis: 1 }), { axes: [1] })
}

/** Operations whose column i is that operation of their operands' columns i. */
const columnwise: ReadonlyMap<Operation, (...columns: Tensor[]) => Tensor> = new Map(
  [f.neg, f.add, f.sub, f.mul].map((apply) => [apply.operation, apply as (...columns: Tensor[]) => Tensor]),
)

/** Column i of x: [B, d], as [B, 1]; of what only this column needs, no other column is computed. */
function column(x: Tensor, i: number, shared: ReadonlySet<Tensor>): Tensor {
  const operands = (tensor: Tensor): readonly Tensor[] =>
    columnwise.has(tensor.operation) && !shared.has(tensor) ? tensor.inputs : []
  // Each tensor once, however many ways lead to it: the ways of a chain double with every link.
  const columns = new Map<Tensor, Tensor>()
  for (const tensor of topologicalOrder([x], operands)) {
    const parts = operands(tensor).map((operand) => columns.get(operand)!)
    const apply = columnwise.get(tensor.operation)
    columns.set(tensor, parts.length > 0 ? apply!(...parts) : cutColumn(tensor, i, shared))
  }
  return columns.get(x)!
}

/** Column i cut out of x; of a product that others do not need, the product with a column. */
function cutColumn(x: Tensor, i: number, shared: ReadonlySet<Tensor>): Tensor {
  const cut = (whole: Tensor, axis: number): Tensor => f.slice(whole, { axis, start: i, end: i + 1 })
  if (x.operation !== matmulOperation || shared.has(x)) return cut(x, 1)
  const [a, b] = x.inputs as [Tensor, Tensor]
  const { transposeA, transposeB } = x.attributes as { transposeA: boolean; transposeB: boolean }
  return f.matmul(a, cut(b, transposeB ? 0 : 1), { transposeA, transposeB })
}
