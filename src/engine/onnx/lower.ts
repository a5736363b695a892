import { topologicalOrder } from '../graph.ts'
import type { LowerContext } from '../operation.ts'
import { add } from '../ops/add.ts'
import { operandsOf, unstretched } from '../ops/broadcast-to.ts'
import { inputOperation } from '../ops/input.ts'
import { matmulOperation } from '../ops/matmul.ts'
import { type Shape, shapeError, sizeOf } from '../shape.ts'
import { type DType, plainText, showNumber, type Tensor } from '../tensor.ts'
import type { AttributeValue, ElementType, NodeProto, TensorProto } from './proto.ts'

/** ONNX nodes and constants for a set of tensors, growing as tensors are lowered. */
export class Lowering {
  readonly nodes: NodeProto[] = []
  readonly initializers: TensorProto[] = []
  private readonly names = new Map<Tensor, string>()
  private readonly known = new Map<string, readonly string[]>()
  /** Products that become part of the sum that alone uses them: Gemm's third operand. */
  private readonly absorbed = new Set<Tensor>()

  /** Names of the input symbols' values. */
  private readonly inputNames: ReadonlyMap<Tensor, string>

  constructor(outputs: readonly Tensor[], inputNames: ReadonlyMap<Tensor, string>) {
    this.inputNames = inputNames
    const order = topologicalOrder(outputs, operandsOf)
    this.findBiasedProducts(order, outputs)
    for (const tensor of order) if (!this.absorbed.has(tensor)) this.nameOf(tensor)
  }

  /** The name of a tensor's value, written now if it was not before. */
  nameOf(tensor: Tensor): string {
    let name = this.names.get(tensor)
    if (name === undefined) {
      name = this.biasedProduct(tensor) ?? tensor.operation.lower(this.contextOf(tensor))
      this.names.set(tensor, name)
    }
    return name
  }

  /** Adds a node, or finds the equal one that is there, and returns the name of its value. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    return this.nodeOf(1, op, inputs, attributes)[0]!
  }

  /** The same of a node that gives several values. */
  nodeOf(
    count: number,
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): readonly string[] {
    const key = `${op}${plainText([inputs, attributes])}`
    const known = this.known.get(key)
    if (known !== undefined) return known
    const name = `%${op.toLowerCase()}_${this.nodes.length}`
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}.${i}`))
    this.nodes.push({ op, inputs, outputs, attributes, name })
    this.known.set(key, outputs)
    return outputs
  }

  constant(type: ElementType, dims: readonly number[], data: ArrayLike<number>): string {
    const key =
      data.length <= 64 ? `${type}[${dims.join(',')}]${Array.from(data, showNumber).join(',')}` : undefined
    const known = key ? this.known.get(key) : undefined
    if (known) return known[0]!
    const name = `%constant_${this.initializers.length}`
    this.initializers.push({ name, type, dims, data })
    if (key) this.known.set(key, [name])
    return name
  }

  private ones(shape: Shape): string {
    const key = `ones[${shape.join(',')}]`
    const known = this.known.get(key)
    if (known) return known[0]!
    const name = this.constant('float32', shape, new Float32Array(sizeOf(shape)).fill(1))
    this.known.set(key, [name])
    return name
  }

  private contextOf(tensor: Tensor): LowerContext {
    return {
      tensor,
      input: (i) => this.nameOf(tensor.inputs[i]!),
      inputs: () => tensor.inputs.map((input) => this.nameOf(input)),
      stretchedOperands: () => operandsOf(tensor).map((operand) => this.nameOf(operand)),
      node: (op, inputs, attributes) => this.node(op, inputs, attributes),
      nodeOf: (count, op, inputs, attributes) => this.nodeOf(count, op, inputs, attributes),
      // Without the flag, a 0 in the shape means: as it was.
      reshape: (value, shape) =>
        this.node(
          'Reshape',
          [value, this.constant('int64', [shape.length], shape)],
          shape.includes(0) ? { allowzero: 1 } : {},
        ),
      attribute: <T>(name: string) => tensor.attributes[name] as T,
      float: (value) => this.constant('float32', [], [value]),
      ones: (shape) => this.ones(shape),
      int64: (value) => this.constant('int64', [], [value]),
      int64s: (values) => this.constant('int64', [values.length], values),
      initializer: (constant, data) => this.constant(constant.dtype satisfies DType, constant.shape, data),
      graphInput: (input) => {
        const name = this.inputNames.get(input)
        if (name === undefined)
          throw shapeError(
            `The program uses the symbol "${String(input.attributes['name'])}", which is none of its inputs.`,
          )
        return name
      },
    }
  }

  private findBiasedProducts(order: readonly Tensor[], outputs: readonly Tensor[]): void {
    const uses = new Map<Tensor, number>()
    for (const tensor of [...order.flatMap(operandsOf), ...outputs])
      uses.set(tensor, (uses.get(tensor) ?? 0) + 1)
    for (const tensor of order) {
      if (tensor.operation !== add.operation || tensor.shape.length !== 2) continue
      const product = tensor.inputs.find((x) => x.operation === matmulOperation && uses.get(x) === 1)
      if (product) this.absorbed.add(product)
    }
  }

  /** A B + C as one Gemm, where the product was absorbed. */
  private biasedProduct(tensor: Tensor): string | undefined {
    if (tensor.operation !== add.operation) return undefined
    const product = tensor.inputs.find((x) => this.absorbed.has(x))
    if (!product) return undefined
    const other = tensor.inputs[0] === product ? tensor.inputs[1]! : tensor.inputs[0]!
    const operands = [...product.inputs, unstretched(other)].map((x) => this.nameOf(x))
    return this.node('Gemm', operands, {
      transA: product.attributes['transposeA'] ? 1 : 0,
      transB: product.attributes['transposeB'] ? 1 : 0,
    })
  }
}

/** Whether a tensor is an input symbol. */
export function isInput(tensor: Tensor): boolean {
  return tensor.operation === inputOperation
}
