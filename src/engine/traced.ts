import { type GraphCost, graphCost, printGraph, topologicalOrder } from './graph.ts'
import { isInput } from './onnx/lower.ts'
import { input } from './ops/input.ts'
import { sameShape, shapeError } from './shape.ts'
import { showType, type Tensor, type TensorType, withOwnExpressions } from './tensor.ts'

/** Things by name. */
export type Named<T> = Readonly<Record<string, T>>

/** The same names, of what `change` makes of each. */
export function mapNamed<A, B>(named: Named<A>, change: (value: A, name: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value, name)]))
}

/** Things by group and name: a program's state, such as its parameters, averages and moments. */
export type Groups<T> = Readonly<Record<string, Named<T>>>

/** What a program computes in one step. */
export interface ProgramSpec {
  readonly name: string
  /** What the program keeps between calls. */
  readonly state?: Groups<TensorType>
  /** What is given anew for each step. */
  readonly inputs?: Named<TensorType>
  /** What is given once a call and serves all its steps. */
  readonly shared?: Named<TensorType>
  /** One step, traced once. Returns the new value of every state tensor that changes, and what the caller sees. */
  readonly step: (given: { state: Groups<Tensor>; inputs: Named<Tensor>; shared: Named<Tensor> }) => {
    readonly state?: Groups<Tensor>
    readonly outputs?: Named<Tensor>
  }
}

/** Name of the input of the ONNX file that says how many steps a call runs. */
export const stepsInput = 'steps'

/** Name of the new value of a state tensor. */
export const nextName = (name: string): string => `next ${name}`

/** A named symbol or result of a traced program; state names are `group/name`. */
export interface NamedTensor {
  readonly name: string
  readonly tensor: Tensor
}

/** A step as a graph: what runtimes run and ONNX files hold. */
export interface TracedProgram {
  readonly name: string
  readonly state: readonly NamedTensor[]
  readonly inputs: readonly NamedTensor[]
  readonly shared: readonly NamedTensor[]
  /** The new state, in the order of `state`. */
  readonly nextState: readonly Tensor[]
  readonly outputs: readonly NamedTensor[]
}

/**
 * Traces one step into a graph; the same step always gives the same graph.
 * @throws if the new state does not have the old one's names and types, the step uses a symbol it was not given, or
 * two things share a name.
 */
export function traceProgram(spec: ProgramSpec): TracedProgram {
  return withOwnExpressions(() => trace(spec))
}

function trace(spec: ProgramSpec): TracedProgram {
  const groups = Object.entries(spec.state ?? {}).map(([group, types]) => {
    if (group.includes('/')) throw shapeError(`${spec.name}: the state group "${group}" has a / in its name.`)
    return [group, symbols(`${group}/`, types)] as const
  })
  const inputs = symbols('', spec.inputs ?? {})
  const shared = symbols('', spec.shared ?? {})
  const result = spec.step({
    state: Object.fromEntries(groups.map(([group, tensors]) => [group, byName(tensors, `${group}/`)])),
    inputs: byName(inputs),
    shared: byName(shared),
  })
  const state = groups.flatMap(([, tensors]) => tensors)
  requireKnownState(spec, result.state ?? {})
  const nextState = groups.flatMap(([group, tensors]) =>
    tensors.map(({ name, tensor }) => {
      const next = result.state?.[group]?.[name.slice(group.length + 1)] ?? tensor
      if (!sameShape(next.shape, tensor.shape) || next.dtype !== tensor.dtype)
        throw shapeError(
          `${spec.name}: state ${name} is ${showType(tensor)}, its new value ${showType(next)}.`,
        )
      return next
    }),
  )
  const outputs = Object.entries(result.outputs ?? {}).map(([name, tensor]) => ({ name, tensor }))
  const traced: TracedProgram = { name: spec.name, state, inputs, shared, nextState, outputs }
  requireDistinctNames(traced)
  requireClosed(traced)
  return traced
}

function symbols(prefix: string, types: Named<TensorType>): NamedTensor[] {
  return Object.entries(types).map(([name, type]) => ({
    name: prefix + name,
    tensor: input(prefix + name, type),
  }))
}

function byName(tensors: readonly NamedTensor[], prefix = ''): Named<Tensor> {
  return Object.fromEntries(tensors.map(({ name, tensor }) => [name.slice(prefix.length), tensor]))
}

/** The tensors that a run must compute. */
export function resultsOf(program: TracedProgram): Tensor[] {
  return [...program.nextState, ...program.outputs.map(({ tensor }) => tensor)]
}

/** A state name that does not exist would be an update that never happens. */
function requireKnownState(spec: ProgramSpec, next: Groups<Tensor>): void {
  for (const [group, tensors] of Object.entries(next))
    for (const name of Object.keys(tensors))
      if (!spec.state?.[group]?.[name])
        throw shapeError(
          `${spec.name} returns a new value for the state ${group}/${name}, which it does not have.`,
        )
}

function requireDistinctNames(program: TracedProgram): void {
  const taken = new Set([stepsInput])
  const take = (name: string): void => {
    if (taken.has(name)) throw shapeError(`${program.name}: the name "${name}" is taken twice.`)
    if (name === '' || name.startsWith('%'))
      throw shapeError(
        `${program.name}: "${name}" cannot be a name.`,
        'Names are not empty and begin without %.',
      )
    taken.add(name)
  }
  for (const { name } of [...program.state, ...program.inputs, ...program.shared]) take(name)
  for (const { name } of program.state) take(nextName(name))
  for (const { name } of program.outputs) take(name)
}

function requireClosed(program: TracedProgram): void {
  const given = new Set([...program.state, ...program.inputs, ...program.shared].map(({ tensor }) => tensor))
  for (const tensor of topologicalOrder(resultsOf(program)))
    if (isInput(tensor) && !given.has(tensor))
      throw shapeError(
        `${program.name} uses the symbol "${String(tensor.attributes['name'])}", which is none of its inputs.`,
      )
}

/** What one step of the program costs. */
export function programCost(program: TracedProgram): GraphCost {
  return graphCost(resultsOf(program))
}

/** The program's step as text, one line an operation. */
export function printProgram(program: TracedProgram): string {
  const next = program.state.map(({ name }, i) => [nextName(name), program.nextState[i]!] as const)
  const outputs = program.outputs.map(({ name, tensor }) => [name, tensor] as const)
  return printGraph(Object.fromEntries([...next, ...outputs]))
}
