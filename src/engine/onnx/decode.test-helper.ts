import { PbfReader } from 'pbf'

/**
 * A reader of ONNX files, written from the schema (onnx.proto of ONNX 1.17) and sharing nothing with our writer.
 * Fields that we never write are an error, so that nothing slips in unseen.
 */

type Fields = Record<number, (reader: PbfReader, end: number) => void>

function readMessage(reader: PbfReader, end: number, what: string, fields: Fields): void {
  while (reader.pos < end) {
    const key = reader.readVarint()
    const read = fields[key >> 3]
    if (!read) throw new Error(`${what} has an unexpected field ${key >> 3}`)
    const wire = key & 7
    const length = wire === 2 ? reader.readVarint() : 0
    read(reader, reader.pos + length)
  }
}

const text = (reader: PbfReader, end: number): string => {
  const value = new TextDecoder().decode(reader.buf.subarray(reader.pos, end))
  reader.pos = end
  return value
}
const bytes = (reader: PbfReader, end: number): Uint8Array => {
  const value = reader.buf.slice(reader.pos, end)
  reader.pos = end
  return value
}

export interface DecodedTensor {
  name: string
  type: number
  dims: number[]
  raw: Uint8Array
}

export interface DecodedValue {
  name: string
  type: number
  dims: (number | string)[]
}

export interface DecodedNode {
  op: string
  name: string
  inputs: string[]
  outputs: string[]
  attributes: Record<string, { type: number; value: unknown }>
}

export interface DecodedGraph {
  name: string
  nodes: DecodedNode[]
  initializers: DecodedTensor[]
  inputs: DecodedValue[]
  outputs: DecodedValue[]
}

export interface DecodedModel {
  irVersion: number
  producer: string
  opsets: { domain: string; version: number }[]
  metadata: Record<string, string>
  graph: DecodedGraph
}

/** The content of an .onnx file. */
export function decodeModel(file: Uint8Array): DecodedModel {
  const model: DecodedModel = { irVersion: 0, producer: '', opsets: [], metadata: {}, graph: emptyGraph() }
  readMessage(new PbfReader(file), file.length, 'ModelProto', {
    1: (r) => {
      model.irVersion = r.readVarint()
    },
    2: (r, end) => {
      model.producer = text(r, end)
    },
    7: (r, end) => {
      model.graph = readGraph(r, end)
    },
    8: (r, end) => {
      const opset = { domain: '', version: 0 }
      readMessage(r, end, 'OperatorSetIdProto', {
        1: (q, to) => {
          opset.domain = text(q, to)
        },
        2: (q) => {
          opset.version = q.readVarint()
        },
      })
      model.opsets.push(opset)
    },
    14: (r, end) => {
      const entry = ['', '']
      readMessage(r, end, 'StringStringEntryProto', {
        1: (q, to) => {
          entry[0] = text(q, to)
        },
        2: (q, to) => {
          entry[1] = text(q, to)
        },
      })
      model.metadata[entry[0]!] = entry[1]!
    },
  })
  return model
}

function emptyGraph(): DecodedGraph {
  return { name: '', nodes: [], initializers: [], inputs: [], outputs: [] }
}

function readGraph(reader: PbfReader, graphEnd: number): DecodedGraph {
  const graph = emptyGraph()
  readMessage(reader, graphEnd, 'GraphProto', {
    1: (r, end) => void graph.nodes.push(readNode(r, end)),
    2: (r, end) => {
      graph.name = text(r, end)
    },
    5: (r, end) => void graph.initializers.push(readTensor(r, end)),
    11: (r, end) => void graph.inputs.push(readValue(r, end)),
    12: (r, end) => void graph.outputs.push(readValue(r, end)),
  })
  return graph
}

function readNode(reader: PbfReader, nodeEnd: number): DecodedNode {
  const node: DecodedNode = { op: '', name: '', inputs: [], outputs: [], attributes: {} }
  readMessage(reader, nodeEnd, 'NodeProto', {
    1: (r, end) => void node.inputs.push(text(r, end)),
    2: (r, end) => void node.outputs.push(text(r, end)),
    3: (r, end) => {
      node.name = text(r, end)
    },
    4: (r, end) => {
      node.op = text(r, end)
    },
    5: (r, end) => {
      let name = ''
      let type = 0
      let value: unknown
      const integers: number[] = []
      readMessage(r, end, 'AttributeProto', {
        1: (q, to) => {
          name = text(q, to)
        },
        2: (q) => {
          value = q.readFloat()
        },
        3: (q) => {
          value = q.readVarint(true)
        },
        4: (q, to) => {
          value = text(q, to)
        },
        6: (q, to) => {
          value = readGraph(q, to)
        },
        8: (q) => void integers.push(q.readVarint(true)),
        20: (q) => {
          type = q.readVarint()
        },
      })
      node.attributes[name] = { type, value: type === 7 ? integers : value }
    },
  })
  return node
}

function readTensor(reader: PbfReader, tensorEnd: number): DecodedTensor {
  const tensor: DecodedTensor = { name: '', type: 0, dims: [], raw: new Uint8Array() }
  readMessage(reader, tensorEnd, 'TensorProto', {
    1: (r) => void tensor.dims.push(r.readVarint()),
    2: (r) => {
      tensor.type = r.readVarint()
    },
    8: (r, end) => {
      tensor.name = text(r, end)
    },
    9: (r, end) => {
      tensor.raw = bytes(r, end)
    },
  })
  return tensor
}

function readValue(reader: PbfReader, valueEnd: number): DecodedValue {
  const value: DecodedValue = { name: '', type: 0, dims: [] }
  const dimension: Fields = {
    1: (r) => void value.dims.push(r.readVarint()),
    2: (r, end) => void value.dims.push(text(r, end)),
  }
  const shape: Fields = { 1: (r, end) => readMessage(r, end, 'Dimension', dimension) }
  const tensorType: Fields = {
    1: (r) => {
      value.type = r.readVarint()
    },
    2: (r, end) => readMessage(r, end, 'TensorShapeProto', shape),
  }
  const type: Fields = { 1: (r, end) => readMessage(r, end, 'TypeProto.Tensor', tensorType) }
  readMessage(reader, valueEnd, 'ValueInfoProto', {
    1: (r, end) => {
      value.name = text(r, end)
    },
    2: (r, end) => readMessage(r, end, 'TypeProto', type),
  })
  return value
}
