import { PbfWriter } from 'pbf'

/**
 * The part of ONNX's protobuf schema that programs use, and its writer.
 * Field numbers are those of onnx.proto (ONNX 1.17, IR version 10).
 */

/** ONNX element types, by name. */
export const elementTypes = { float32: 1, int32: 6, int64: 7, bool: 9 } as const
export type ElementType = keyof typeof elementTypes

export interface TensorProto {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly data: ArrayLike<number>
}

/** A value's name, element type and shape; a string extent is symbolic. */
export interface ValueInfoProto {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly (number | string)[]
}

export type AttributeValue = number | readonly number[] | string | GraphProto | { readonly float: number }

export interface NodeProto {
  /** The operator; one that is not ONNX's own with its domain in front, `domain:Operator`. */
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly name: string
}

export interface GraphProto {
  readonly name: string
  readonly nodes: readonly NodeProto[]
  readonly inputs: readonly ValueInfoProto[]
  readonly outputs: readonly ValueInfoProto[]
  readonly initializers: readonly TensorProto[]
}

export interface ModelProto {
  readonly graph: GraphProto
  readonly opset: number
  readonly producer: string
  readonly metadata: Readonly<Record<string, string>>
}

/** The model as the bytes of an .onnx file. */
export function encodeModel(model: ModelProto): Uint8Array {
  const writer = new PbfWriter()
  writer.writeVarintField(1, 10)
  writer.writeStringField(2, model.producer)
  writer.writeMessage(7, writeGraph, model.graph)
  writer.writeMessage(8, writeOperatorSet, { domain: '', version: model.opset })
  for (const domain of domainsOf(model.graph))
    writer.writeMessage(8, writeOperatorSet, { domain, version: 1 })
  for (const entry of Object.entries(model.metadata))
    writer.writeMessage(
      14,
      ([key, value]: [string, string], w: PbfWriter) => {
        w.writeStringField(1, key)
        w.writeStringField(2, value)
      },
      entry,
    )
  return writer.finish()
}

function writeOperatorSet({ domain, version }: { domain: string; version: number }, writer: PbfWriter): void {
  if (domain) writer.writeStringField(1, domain)
  writer.writeVarintField(2, version)
}

/** Domain and name of an operator. */
function parted(op: string): { domain: string; name: string } {
  const colon = op.indexOf(':')
  return { domain: op.slice(0, Math.max(colon, 0)), name: op.slice(colon + 1) }
}

/** Domains beside ONNX's own of the operators in a graph and in the graphs inside it. */
function domainsOf(graph: GraphProto): ReadonlySet<string> {
  return new Set(nodesOf(graph).flatMap(({ op }) => parted(op).domain || []))
}

/** The nodes of a graph and of the graphs inside it. */
export function nodesOf(graph: GraphProto): NodeProto[] {
  const found: NodeProto[] = []
  const waiting = [graph]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const node of next.nodes) {
      found.push(node)
      for (const value of Object.values(node.attributes))
        if (typeof value === 'object' && 'nodes' in value) waiting.push(value)
    }
  }
  return found
}

function writeGraph(graph: GraphProto, writer: PbfWriter): void {
  for (const node of graph.nodes) writer.writeMessage(1, writeNode, node)
  writer.writeStringField(2, graph.name)
  for (const tensor of graph.initializers) writer.writeMessage(5, writeTensor, tensor)
  for (const value of graph.inputs) writer.writeMessage(11, writeValueInfo, value)
  for (const value of graph.outputs) writer.writeMessage(12, writeValueInfo, value)
}

function writeNode(node: NodeProto, writer: PbfWriter): void {
  for (const name of node.inputs) writer.writeStringField(1, name)
  for (const name of node.outputs) writer.writeStringField(2, name)
  writer.writeStringField(3, node.name)
  const { domain, name } = parted(node.op)
  writer.writeStringField(4, name)
  if (domain) writer.writeStringField(7, domain)
  for (const entry of Object.entries(node.attributes)) writer.writeMessage(5, writeAttribute, entry)
}

function writeAttribute([name, value]: [string, AttributeValue], writer: PbfWriter): void {
  writer.writeStringField(1, name)
  if (typeof value === 'number') {
    writer.writeVarintField(3, value)
    writer.writeVarintField(20, 2)
  } else if (typeof value === 'string') {
    writer.writeBytesField(4, new TextEncoder().encode(value))
    writer.writeVarintField(20, 3)
  } else if (isNumbers(value)) {
    for (const item of value) writer.writeVarintField(8, item)
    writer.writeVarintField(20, 7)
  } else if ('float' in value) {
    writer.writeFloatField(2, value.float)
    writer.writeVarintField(20, 1)
  } else {
    writer.writeMessage(6, writeGraph, value)
    writer.writeVarintField(20, 5)
  }
}

function isNumbers(value: AttributeValue): value is readonly number[] {
  return Array.isArray(value)
}

function writeTensor(tensor: TensorProto, writer: PbfWriter): void {
  for (const extent of tensor.dims) writer.writeVarintField(1, extent)
  writer.writeVarintField(2, elementTypes[tensor.type])
  writer.writeStringField(8, tensor.name)
  writer.writeBytesField(9, rawBytes(tensor))
}

/** Elements as little-endian bytes, as ONNX's raw_data wants them. */
function rawBytes(tensor: TensorProto): Uint8Array {
  const { data, type } = tensor
  const width = type === 'int64' ? 8 : type === 'bool' ? 1 : 4
  const view = new DataView(new ArrayBuffer(data.length * width))
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!
    if (type === 'float32') view.setFloat32(4 * i, value, true)
    else if (type === 'int32') view.setInt32(4 * i, value, true)
    else if (type === 'int64') view.setBigInt64(8 * i, BigInt(value), true)
    else view.setUint8(i, value)
  }
  return new Uint8Array(view.buffer)
}

function writeValueInfo(value: ValueInfoProto, writer: PbfWriter): void {
  writer.writeStringField(1, value.name)
  writer.writeMessage(2, writeType, value)
}

function writeType(value: ValueInfoProto, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, value)
}

function writeTensorType(value: ValueInfoProto, writer: PbfWriter): void {
  writer.writeVarintField(1, elementTypes[value.type])
  writer.writeMessage(2, writeShape, value.dims)
}

function writeShape(dims: readonly (number | string)[], writer: PbfWriter): void {
  for (const extent of dims) writer.writeMessage(1, writeDimension, extent)
}

function writeDimension(extent: number | string, writer: PbfWriter): void {
  if (typeof extent === 'number') writer.writeVarintField(1, extent)
  else writer.writeStringField(2, extent)
}
