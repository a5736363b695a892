import * as f from '../src/engine/index.ts'
import { type ParameterSpec, zeros } from '../src/nn/index.ts'
import { onePlayer } from '../src/objective/index.ts'
import { adamw } from '../src/training/adamw.ts'
import { Packing } from '../src/training/packing.ts'
import { adamW, checkSteps, type MlpWorkload, makeNetwork } from './peers/workload.mjs'

/** What is trained in a workload: a loss of parameters and of tensors that stay the same, the batch among them. */
export interface Task {
  readonly name: string
  readonly parameters: f.Named<ParameterSpec>
  /** First values of the parameters. */
  readonly start: f.Named<Float32Array>
  /** Of the tensors that stay. */
  readonly shapes: f.Named<f.Shape>
  readonly values: f.Named<Float32Array>
  readonly loss: (parameters: f.Named<f.Tensor>, given: f.Named<f.Tensor>) => f.Tensor
  /** Updates after which the loss is compared with a peer's. */
  readonly checkSteps: number
}

/** A task, compiled: `run` does so many steps and gives the loss before each. */
export interface OpenTask {
  readonly run: (steps: number) => Promise<f.HostArray>
  readonly cost: f.GraphCost
  readonly dispose: () => Promise<void>
}

/** Compiles a task's training step: loss, gradients, AdamW with decay on all parameters, as the peers have it. */
export async function openTask(task: Task): Promise<OpenTask> {
  const packing = new Packing(task.parameters, onePlayer)
  const program = await f.compile(stepOf(task, packing), { loop: true })
  const none = Object.fromEntries(
    Object.entries(task.start).map(([name, value]) => [name, new Float32Array(value.length)]),
  )
  const [model, first, second] = [task.start, none, none].map((values) => packing.pack(values))
  program.setState({ model: model!, first: first!, second: second! })
  program.setShared(task.values)
  let step = 0
  const run = async (steps: number): Promise<f.HostArray> => {
    const coefficients = new Float32Array(steps * adamw.coefficients.length)
    for (let k = 0; k < steps; k++) {
      const values = adamw.schedule(++step, adamW.learningRate, adamW)
      adamw.coefficients.forEach((name, i) => {
        coefficients[k * adamw.coefficients.length + i] = values[name]!
      })
    }
    return (await program.run({ coefficients }, steps))['loss']!
  }
  return { run, cost: program.cost(), dispose: () => program.dispose() }
}

function stepOf(task: Task, packing: Packing): f.ProgramSpec {
  const shared = Object.entries(task.shapes).map(
    ([name, shape]) => [name, { shape, dtype: 'float32' }] as const,
  )
  return {
    name: task.name,
    state: { model: packing.types, first: packing.types, second: packing.types },
    shared: Object.fromEntries(shared),
    inputs: { coefficients: { shape: [adamw.coefficients.length], dtype: 'float32' } },
    step: ({ state, inputs, shared: given }) => {
      const model = packing.open(state['model']!)
      const loss = task.loss(model, given)
      const packs = packing.packs.map(({ name }) => name)
      const gradients = f.grad(
        loss,
        packs.map((pack) => state['model']![pack]!),
      )
      const coefficients = Object.fromEntries(
        adamw.coefficients.map((name, i) => [
          name,
          f.reshape(f.slice(inputs['coefficients']!, { axis: 0, start: i, end: i + 1 }), []),
        ]),
      )
      const next: Record<string, Record<string, f.Tensor>> = { model: {}, first: {}, second: {} }
      for (const [i, pack] of packs.entries()) {
        const { parameter, moments } = adamw.update({
          parameter: state['model']![pack]!,
          gradient: gradients[i]!,
          moments: { first: state['first']![pack]!, second: state['second']![pack]! },
          coefficients,
          decays: true, // The peers decay all parameters.
          options: adamW,
        })
        next['model']![pack] = parameter
        next['first']![pack] = moments['first']!
        next['second']![pack] = moments['second']!
      }
      return { state: next, outputs: { loss } }
    },
  }
}

/** An MLP with SiLU: mean squared error, or implicit score matching. */
export function networkTask(workload: MlpWorkload): Task & {
  readonly apply: (parameters: f.Named<f.Tensor>, x: f.Tensor) => f.Tensor
} {
  const { layers, x, y } = makeNetwork(workload)
  const parameters: Record<string, ParameterSpec> = {}
  const start: Record<string, Float32Array> = {}
  for (const [i, { inputs, outputs, weight, bias }] of layers.entries()) {
    parameters[`w${i}`] = zeros([inputs, outputs])
    parameters[`b${i}`] = zeros([outputs])
    start[`w${i}`] = weight
    start[`b${i}`] = bias
  }
  const shape = [workload.batchSize, workload.widths[0]!]
  const apply = (p: f.Named<f.Tensor>, x: f.Tensor): f.Tensor => {
    let h = x
    layers.forEach((_, i) => {
      const product = f.matmul(h, p[`w${i}`]!)
      h = f.add(product, f.broadcastTo(p[`b${i}`]!, product.shape))
      if (i < layers.length - 1) h = f.silu(h)
    })
    return h
  }
  return {
    name: workload.name,
    parameters,
    start,
    shapes: { x: shape, y: shape },
    values: { x, y },
    checkSteps: workload.checkSteps ?? checkSteps,
    apply,
    loss: (p, given) => lossOf(workload, apply(p, given['x']!), given['x']!, given['y']!),
  }
}

/**
 * The mean squared error; or implicit score matching, the mean over rows of ½‖s‖² + tr ∂s/∂x, of a score s, or of the
 * score −∇E of an energy E.  Hyvärinen 2005
 */
function lossOf(workload: MlpWorkload, out: f.Tensor, x: f.Tensor, y: f.Tensor): f.Tensor {
  const half = (score: f.Tensor): f.Tensor => f.mul(0.5, f.sum(f.square(score), { axes: [1] }))
  if (workload.loss === 'score') return f.mean(f.add(half(out), f.jacobianTrace(out, x)))
  if (workload.loss === undefined) return f.mean(f.square(f.sub(out, y)))
  const energy = f.reshape(out, [workload.batchSize])
  return f.mean(f.sub(half(f.grad(f.sum(energy), [x])[0]!), f.hessianTrace(energy, x)))
}
