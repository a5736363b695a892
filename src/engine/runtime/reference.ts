import { interpret } from '../interpret.ts'
import { sizeOf } from '../shape.ts'
import type { Tensor, TensorType } from '../tensor.ts'
import { resultsOf, type TracedProgram } from '../traced.ts'
import type { Executor, HostArray, Runtime, RuntimeValue } from './runtime.ts'

interface ReferenceValue extends RuntimeValue {
  readonly data: Float64Array
}

/** Interprets the graph in float64: slow, plain, and the oracle of the tests. */
export const referenceRuntime: Runtime = {
  name: 'reference',
  summary: 'float64 interpreter, slow: the oracle of the tests',
  load: async (program) => new ReferenceExecutor(program),
}

class ReferenceExecutor implements Executor {
  private readonly program: TracedProgram
  constructor(program: TracedProgram) {
    this.program = program
  }

  upload(type: TensorType, data: HostArray): ReferenceValue {
    return { type, data: new Float64Array(data) }
  }

  async download(value: RuntimeValue): Promise<HostArray> {
    return (value as ReferenceValue).data
  }

  async run(call: Parameters<Executor['run']>[0]): ReturnType<Executor['run']> {
    const { program } = this
    const results = resultsOf(program)
    let state = call.state.map((value) => (value as ReferenceValue).data)
    const outputs = program.outputs.map(({ tensor }) => new Float64Array(sizeOf(tensor.shape) * call.steps))
    for (let step = 0; step < call.steps; step++) {
      const given = new Map<Tensor, Float64Array>()
      program.state.forEach(({ tensor }, i) => void given.set(tensor, state[i]!))
      program.shared.forEach(
        ({ tensor }, i) => void given.set(tensor, (call.shared[i] as ReferenceValue).data),
      )
      program.inputs.forEach(({ tensor }, i) => {
        const size = sizeOf(tensor.shape)
        given.set(tensor, new Float64Array(call.inputs[i]!.subarray(step * size, (step + 1) * size)))
      })
      const values = interpret(results, given)
      state = program.nextState.map((_, i) => values[i]!)
      outputs.forEach((output, i) => {
        const value = values[state.length + i]!
        output.set(value, step * value.length)
      })
    }
    return {
      state: state.map((data, i) => ({ type: program.state[i]!.tensor, data }) as ReferenceValue),
      outputs,
    }
  }

  keep(): void {}

  async dispose(): Promise<void> {}
}
