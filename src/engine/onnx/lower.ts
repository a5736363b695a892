import { topologicalOrder } from '../graph.ts'
import type { LoopGraph, LowerContext } from '../operation.ts'
import { add } from '../ops/add.ts'
import { operandsOf, unstretched } from '../ops/broadcast-to.ts'
import { inputOperation } from '../ops/input.ts'
import { matmulOperation } from '../ops/matmul.ts'
import { reshape } from '../ops/reshape.ts'
import { type Shape, shapeError, sizeOf } from '../shape.ts'
import { type DType, plainText, showNumber, type Tensor } from '../tensor.ts'
import { intoBlocks, outOfBlocks } from './blocked/convert.ts'
import { planBlocks } from './blocked/plan.ts'
import type { BlockedContext, BlockedForm } from './blocked/rule.ts'
import type {
  AttributeValue,
  ElementType,
  GraphProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from './proto.ts'

/** ONNX nodes and constants for a set of tensors, growing as tensors are lowered. */
export class Lowering {
  readonly nodes: NodeProto[] = []
  readonly initializers: TensorProto[] = []
  private readonly names: Map<Tensor, string>
  private readonly known = new Map<string, readonly string[]>()
  /** Products that become part of the sum that alone uses them: Gemm's third operand. */
  private readonly absorbed = new Set<Tensor>()
  /** How values are computed in blocks, and their names in that order; either they are there or in `names`, or both. */
  private readonly forms: ReadonlyMap<Tensor, BlockedForm>
  private readonly blocked = new Map<Tensor, string>()
  private readonly block: number | undefined
  /** Loops whose values are the first of another one's, which is written in their place. */
  private readonly extended = new Map<Tensor, Tensor>()
  /** The lowering of the whole graph, which keeps the constants, where this one is of a loop inside. */
  private readonly root: Lowering
  /** What the names of its values begin with: those of a loop must not hide those outside. */
  private readonly prefix: string

  /** `names` are those of the values that are given: of inputs, and inside of a loop of all that comes from outside. */
  constructor(
    outputs: readonly Tensor[],
    names: ReadonlyMap<Tensor, string>,
    options: {
      /** Channels in a block, where convolutions are computed in blocks. */
      readonly block?: number | undefined
      readonly outer?: { readonly root: Lowering; readonly prefix: string }
    } = {},
  ) {
    const { block, outer } = options
    this.names = new Map(names)
    this.root = outer?.root ?? this
    this.prefix = outer?.prefix ?? '%'
    const order = topologicalOrder(outputs, (tensor) => (names.has(tensor) ? [] : operandsOf(tensor)))
    const own = order.filter((tensor) => !names.has(tensor))
    const uses = usesIn(own, outputs)
    this.findBiasedProducts(own, uses)
    this.block = block
    const plan = planBlocks(own, block, uses)
    this.forms = plan.forms
    for (const tensor of own) {
      const { extends: part } = (tensor.attributes['body'] ?? {}) as { extends?: Tensor }
      if (part) this.extended.set(part, tensor)
    }
    for (const tensor of own) if (!this.absorbed.has(tensor) && !plan.absorbed.has(tensor)) this.write(tensor)
  }

  /** The name of a tensor's value, written now if it was not before. */
  nameOf(tensor: Tensor): string {
    this.write(tensor)
    let name = this.names.get(tensor)
    if (name === undefined) {
      const { places } = this.forms.get(tensor)!
      name = outOfBlocks(this.blockedContextOf(tensor), this.blocked.get(tensor)!, tensor, places!)
      this.names.set(tensor, name)
    }
    return name
  }

  /** Writes a tensor's value where it was not before, in blocks or as ever. */
  private write(tensor: Tensor): void {
    if (this.names.has(tensor) || this.blocked.has(tensor)) return
    const special = this.biasedProduct(tensor) ?? this.partOfExtended(tensor)
    const form = special === undefined ? this.forms.get(tensor) : undefined
    const name =
      special ??
      (form ? form.write(this.blockedContextOf(tensor)) : tensor.operation.lower(this.contextOf(tensor)))
    if (form?.places === undefined) this.names.set(tensor, name)
    else this.blocked.set(tensor, name)
  }

  /** The name of a tensor's value in blocks over so many places. */
  private inBlocks(tensor: Tensor, places: number): string {
    this.write(tensor)
    const name = this.blocked.get(tensor)
    if (name !== undefined && this.forms.get(tensor)!.places === places) return name
    return intoBlocks(this.blockedContextOf(tensor), this.nameOf(tensor), tensor, places)
  }

  private blockedContextOf(tensor: Tensor): BlockedContext {
    return {
      ...this.contextOf(tensor),
      block: this.block!,
      inBlocks: (x, places) => this.inBlocks(x, places),
      plain: (x) => this.nameOf(x),
    }
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
    const name = `${this.prefix}${op.toLowerCase()}_${this.nodes.length}`
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}.${i}`))
    this.nodes.push({ op, inputs, outputs, attributes, name })
    this.known.set(key, outputs)
    return outputs
  }

  constant(type: ElementType, dims: readonly number[], data: ArrayLike<number>): string {
    if (this.root !== this) return this.root.constant(type, dims, data)
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
    if (this.root !== this) return this.root.ones(shape)
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
      loop: (graph, options) => this.loop(tensor, graph, options),
      graphInput: (input) => {
        throw shapeError(
          `The program uses the symbol "${String(input.attributes['name'])}", which is none of its inputs.`,
        )
      },
    }
  }

  private findBiasedProducts(order: readonly Tensor[], uses: ReadonlyMap<Tensor, number>): void {
    for (const tensor of order) {
      if (tensor.operation !== add.operation || tensor.shape.length !== 2) continue
      const product = tensor.inputs.find(
        (x) => x.operation === matmulOperation && uses.get(x) === 1 && !this.names.has(x),
      )
      if (product) this.absorbed.add(product)
    }
  }

  /** A B + C as one Gemm, where the product was absorbed. */
  private biasedProduct(tensor: Tensor): string | undefined {
    if (tensor.operation !== add.operation) return undefined
    const product = tensor.inputs.find((x) => this.absorbed.has(x))
    if (!product) return undefined
    const other = tensor.inputs[0] === product ? tensor.inputs[1]! : tensor.inputs[0]!
    const summand = unstretched(other)
    // A summand without axes ends the process where WebGPU computes.
    const matrix = summand.shape.length === 0 ? reshape(summand, [1, 1]) : summand
    const operands = [...product.inputs, matrix].map((x) => this.nameOf(x))
    return this.node('Gemm', operands, {
      transA: product.attributes['transposeA'] ? 1 : 0,
      transB: product.attributes['transposeB'] ? 1 : 0,
    })
  }

  /** The first values of a loop that gives more. */
  private partOfExtended(tensor: Tensor): string | undefined {
    const whole = this.extended.get(tensor)
    if (!whole) return undefined
    const range = [[0], tensor.shape, [0]].map((data) => this.constant('int64', [1], data))
    return this.node('Slice', [this.nameOf(whole), ...range])
  }

  /** Writes a Loop; its constants are the whole graph's, and what it captures it reads by name. */
  private loop(
    tensor: Tensor,
    graph: LoopGraph,
    { length, reverse }: { readonly length: number; readonly reverse: boolean },
  ): readonly string[] {
    const name = `${this.prefix}loop_${this.nodes.length}`
    const inner = (what: string): string => `${name}.${what}`
    const given = tensor.inputs.map((input) => this.nameOf(input))
    const { carries, slices, index, captured, next, outputs } = graph
    const stacked = given.slice(carries.length, carries.length + slices.length)
    const node = (op: string, inputs: string[], output: string, attributes = {}): NodeProto => ({
      ...{ op, inputs, outputs: [output], attributes, name: output },
    })
    const last = this.constant('int64', [], [length - 1])
    const position = reverse ? inner('position') : inner('round')
    const head = [
      ...(reverse ? [node('Sub', [last, inner('round')], position)] : []),
      node('Cast', [position], inner('index'), { to: 6 }),
      ...stacked.map((value, i) => node('Gather', [value, position], inner(`slice ${i}`), { axis: 0 })),
      node('Identity', [inner('go on')], inner('goes on')),
    ]
    const names = new Map<Tensor, string>([
      [index, inner('index')],
      ...carries.map((carry, i) => [carry, inner(`carry ${i}`)] as const),
      ...slices.map((slice, i) => [slice, inner(`slice ${i}`)] as const),
      ...captured.map((x, i) => [x, given[carries.length + slices.length + i]!] as const),
    ])
    const results = [...next, ...outputs]
    const body = new Lowering(results, names, {
      block: this.block,
      outer: { root: this.root, prefix: `${name}.` },
    })
    const wanted = results.map((result, i) => ({ name: inner(`result ${i}`), tensor: result }))
    const value = (what: string, type: { dtype: DType; shape: Shape }): ValueInfoProto => ({
      ...{ name: inner(what), type: type.dtype, dims: type.shape },
    })
    const goOn = (what: string): ValueInfoProto => ({ name: inner(what), type: 'bool', dims: [] })
    const proto: GraphProto = {
      name,
      nodes: [...head, ...body.nodesFor(wanted)],
      inputs: [
        { name: inner('round'), type: 'int64', dims: [] },
        goOn('go on'),
        ...carries.map((carry, i) => value(`carry ${i}`, carry)),
      ],
      outputs: [goOn('goes on'), ...results.map((result, i) => value(`result ${i}`, result))],
      initializers: [],
    }
    const finals = results.map((_, i) => inner(`final ${i}`))
    this.nodes.push({
      ...{ op: 'Loop', name, outputs: finals, attributes: { body: proto } },
      inputs: [this.constant('int64', [], [length]), '', ...given.slice(0, carries.length)],
    })
    if (!reverse) return finals
    // Stacked from the first round on, which was the last position.
    const back = [[-1], [-(2 ** 31)], [0], [-1]].map((data) => this.constant('int64', [1], data))
    return finals.map((final, i) => (i < next.length ? final : this.node('Slice', [final, ...back])))
  }

  /** All nodes, with these tensors under these names. */
  nodesFor(wanted: readonly { readonly name: string; readonly tensor: Tensor }[]): NodeProto[] {
    const values = wanted.map(({ tensor }) => this.nameOf(tensor))
    const fromNode = new Set(this.nodes.flatMap((node) => node.outputs))
    const renamed = new Map<string, string>()
    const copies: NodeProto[] = []
    for (const [i, { name: output }] of wanted.entries()) {
      const value = values[i]!
      // An output that is an input, a constant, or another output too, needs a value of its own.
      if (fromNode.has(value) && !renamed.has(value)) renamed.set(value, output)
      else
        copies.push({
          ...{ op: 'Identity', name: `copy ${output}`, inputs: [value], outputs: [output], attributes: {} },
        })
    }
    return [...this.nodes, ...copies].map((node) => renameValues(node, renamed))
  }
}

/** How often each tensor is read by these and is an output. */
function usesIn(order: readonly Tensor[], outputs: readonly Tensor[]): ReadonlyMap<Tensor, number> {
  const uses = new Map<Tensor, number>()
  for (const tensor of [...order.flatMap(operandsOf), ...outputs])
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1)
  return uses
}

/** The node with other names for its values, in the graphs inside of it too. */
function renameValues(node: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  const rename = (value: string): string => names.get(value) ?? value
  const { body } = node.attributes
  const attributes =
    typeof body === 'object' && 'nodes' in body
      ? {
          ...node.attributes,
          body: { ...body, nodes: body.nodes.map((inner) => renameValues(inner, names)) },
        }
      : node.attributes
  return { ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename), attributes }
}

/** Whether a tensor is an input symbol. */
export function isInput(tensor: Tensor): boolean {
  return tensor.operation === inputOperation
}
