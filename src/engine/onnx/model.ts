import type { Tensor, TensorType } from '../tensor.ts'
import { type NamedTensor, nextName, resultsOf, stepsInput, type TracedProgram } from '../traced.ts'
import { Lowering } from './lower.ts'
import {
  encodeModel,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type ValueInfoProto,
} from './proto.ts'

/** ONNX operator set that programs are written in. */
export const opset = 20

/**
 * The program as an ONNX file that runs one step a call.
 * Inputs: state, inputs, shared; outputs: `next …` for the state, then the outputs.
 */
export function singleStepModel(
  program: TracedProgram,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return encodeModel({ ...described, graph: singleStepGraph(program), metadata })
}

const described = { opset, producer: 'scorefield' } satisfies Partial<ModelProto>

/** How values lie in memory. */
export interface LayoutOptions {
  /** Channels in a block, where the runtime has convolutions on blocks of channels; undefined for ONNX as it is written down. */
  readonly block?: number | undefined
}

/** The graph of `singleStepModel`. */
export function singleStepGraph(program: TracedProgram, layout: LayoutOptions = {}): GraphProto {
  const given = [...program.state, ...program.inputs, ...program.shared]
  const names = new Map(given.map(({ tensor, name }) => [tensor, name]))
  const graph = lowerGraph(program, { name: 'main', names, layout })
  return { ...graph, inputs: given.map(valueInfo) }
}

/**
 * The program as an ONNX file that runs `steps` steps a call, in a Loop that carries the state.
 * Inputs and outputs of a step get a leading axis over the steps; parameters never leave the runtime in between.
 */
export function loopModel(
  program: TracedProgram,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  return encodeModel({ ...described, graph: loopGraph(program), metadata })
}

/** The graph of `loopModel`. */
export function loopGraph(program: TracedProgram, layout: LayoutOptions = {}): GraphProto {
  const stacked = program.inputs.map(({ name, tensor }) => ({ name, type: withSteps(tensor) }))
  const body = loopBody(program, layout)
  const loop: NodeProto = {
    op: 'Loop',
    name: 'steps_loop',
    inputs: [stepsInput, '', ...program.state.map(({ name }) => name)],
    outputs: [...program.state.map(({ name }) => nextName(name)), ...program.outputs.map(({ name }) => name)],
    attributes: { body },
  }
  return {
    name: program.name,
    nodes: [loop],
    initializers: body.initializersOfOuterGraph,
    inputs: [
      { name: stepsInput, type: 'int64', dims: [] },
      ...program.state.map(valueInfo),
      ...stacked.map(({ name, type }) => ({ name, ...type })),
      ...program.shared.map(valueInfo),
    ],
    outputs: [
      ...program.state.map(({ name, tensor }) => valueInfo({ name: nextName(name), tensor })),
      ...program.outputs.map(({ name, tensor }) => ({ name, ...withSteps(tensor) })),
    ],
  }
}

function loopBody(
  program: TracedProgram,
  layout: LayoutOptions,
): GraphProto & { initializersOfOuterGraph: GraphProto['initializers'] } {
  // Names of the library's own begin with %, which no name of a program may.
  const step = '%step'
  const current = (name: string): string => `%this ${name}`
  const names = new Map<Tensor, string>([
    ...[...program.state, ...program.inputs].map(({ tensor, name }) => [tensor, current(name)] as const),
    ...program.shared.map(({ tensor, name }) => [tensor, name] as const),
  ])
  const graph = lowerGraph(program, { name: 'step', names, layout, outputPrefix: '%now ' })
  // One slice of each stacked input; the index comes from the loop.
  const pick: NodeProto[] = program.inputs.map(({ name }) => ({
    op: 'Gather',
    name: `pick ${name}`,
    inputs: [name, step],
    outputs: [current(name)],
    attributes: { axis: 0 },
  }))
  const goOn: NodeProto = {
    op: 'Identity',
    name: 'go on',
    inputs: ['%go on'],
    outputs: ['%goes on'],
    attributes: {},
  }
  return {
    name: 'step',
    nodes: [...pick, ...graph.nodes, goOn],
    inputs: [
      { name: step, type: 'int64', dims: [] },
      { name: '%go on', type: 'bool', dims: [] },
      ...program.state.map(({ name, tensor }) => valueInfo({ name: current(name), tensor })),
    ],
    outputs: [{ name: '%goes on', type: 'bool', dims: [] }, ...graph.outputs],
    initializers: [],
    initializersOfOuterGraph: graph.initializers,
  }
}

/** Nodes, constants and named outputs of the program's step. */
function lowerGraph(
  program: TracedProgram,
  options: {
    readonly name: string
    readonly names: ReadonlyMap<Tensor, string>
    readonly layout: LayoutOptions
    readonly outputPrefix?: string
  },
): GraphProto {
  const { name, names, layout, outputPrefix = '' } = options
  const lowering = new Lowering(resultsOf(program), names, layout)
  const wanted: NamedTensor[] = [
    ...program.state.map(({ name: state }, i) => ({
      name: outputPrefix + nextName(state),
      tensor: program.nextState[i]!,
    })),
    ...program.outputs.map(({ name: output, tensor }) => ({ name: outputPrefix + output, tensor })),
  ]
  return {
    name,
    nodes: lowering.nodesFor(wanted),
    inputs: [],
    outputs: wanted.map(valueInfo),
    initializers: lowering.initializers,
  }
}

function valueInfo({ name, tensor }: NamedTensor): ValueInfoProto {
  return { name, type: tensor.dtype, dims: tensor.shape }
}

function withSteps(type: TensorType): { type: TensorType['dtype']; dims: (number | string)[] } {
  return { type: type.dtype, dims: ['K', ...type.shape] }
}
