import * as f from '../src/engine/index.ts'
import { type ParameterSpec, zeros } from '../src/nn/index.ts'
import { onePlayer } from '../src/objective/index.ts'
import { adamw } from '../src/training/adamw.ts'
import { Packing } from '../src/training/packing.ts'
import type { Round } from './peerProcess.ts'
import {
  adamW,
  checkSteps,
  type Layer,
  type MatmulWorkload,
  type MlpWorkload,
  makeMatrices,
  makeNetwork,
  meanSquare,
  scoreMatchingWorkloads,
  workloads,
} from './peers/workload.mjs'

/** Steps in one call of the runtime. */
const stepsPerCall = 32
/** The same, of steps with an exact trace, which take longer. */
const traceStepsPerCall = 4

/** Our side of the peers' workloads: compiled once, checked once, then timed for as long as is asked. */
export class OurSide {
  private readonly jobs = new Map<string, Promise<Job>>()

  /** Runs a workload for about so many seconds. */
  async round(name: string, seconds: number): Promise<Round> {
    if (!this.jobs.has(name)) this.jobs.set(name, open(name))
    const job = await this.jobs.get(name)!
    const started = performance.now()
    let steps = 0
    do {
      await job.run()
      steps += job.steps
    } while (performance.now() - started < 1000 * seconds)
    return { secondsPerStep: (performance.now() - started) / 1000 / steps, last: job.check }
  }
}

interface Job {
  /** Runs `steps` steps. */
  readonly run: () => Promise<unknown>
  readonly steps: number
  readonly check: number
  readonly flopsPerStep: number
}

function open(name: string): Promise<Job> {
  const workload = [...workloads, ...scoreMatchingWorkloads].find((candidate) => candidate.name === name)
  if (!workload) throw new RangeError(`There is no workload ${name}.`)
  return workload.kind === 'mlp' ? openNetwork(workload) : openProduct(workload)
}

async function openNetwork(workload: MlpWorkload): Promise<Job> {
  const { layers, x, y } = makeNetwork(workload)
  const types = parameterTypes(layers)
  const packing = new Packing(types, onePlayer)
  const program = await f.compile(trainingStepOf(workload, layers, types, packing), { loop: true })
  const start = Object.fromEntries(
    layers.flatMap((layer, i) => [
      [`w${i}`, layer.weight],
      [`b${i}`, layer.bias],
    ]),
  )
  const zeros = Object.fromEntries(
    Object.entries(start).map(([key, value]) => [key, new Float32Array(value.length)]),
  )
  program.setState({ model: packing.pack(start), first: packing.pack(zeros), second: packing.pack(zeros) })
  program.setShared({ x, y })
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
  await run(checkSteps)
  // The loss before update 51 is that of the weights after 50.
  const check = (await run(1))[0]!
  const steps = workload.loss ? traceStepsPerCall : stepsPerCall
  return { run: () => run(steps), steps, check, flopsPerStep: program.cost().flops }
}

export function parameterTypes(layers: readonly Layer[]): Record<string, ParameterSpec> {
  const types: Record<string, ParameterSpec> = {}
  for (const [i, { inputs, outputs }] of layers.entries()) {
    types[`w${i}`] = zeros([inputs, outputs])
    types[`b${i}`] = zeros([outputs])
  }
  return types
}

/** The workload's step: MLP with SiLU, mean squared error, AdamW with decay on all parameters, as the peers have it. */
export function trainingStepOf(
  workload: MlpWorkload,
  layers: readonly Layer[],
  types: f.Named<f.TensorType>,
  packing: Packing,
): f.ProgramSpec {
  const batch: f.TensorType = { shape: [workload.batchSize, workload.widths[0]!], dtype: 'float32' }
  return {
    name: workload.name,
    state: { model: packing.types, first: packing.types, second: packing.types },
    shared: { x: batch, y: batch },
    inputs: { coefficients: { shape: [adamw.coefficients.length], dtype: 'float32' } },
    step: ({ state, inputs, shared }) => {
      const model = packing.open(state['model']!)
      let h = shared['x']!
      layers.forEach((_, i) => {
        const product = f.matmul(h, model[`w${i}`]!)
        h = f.add(product, f.broadcastTo(model[`b${i}`]!, product.shape))
        if (i < layers.length - 1) h = f.silu(h)
      })
      const loss = lossOf(workload, h, shared['x']!, shared['y']!)
      const names = Object.keys(types)
      const gradients = f.grad(
        loss,
        names.map((name) => model[name]!),
      )
      const coefficients = Object.fromEntries(
        adamw.coefficients.map((name, i) => [
          name,
          f.reshape(f.slice(inputs['coefficients']!, { axis: 0, start: i, end: i + 1 }), []),
        ]),
      )
      const packed = packing.close(Object.fromEntries(names.map((name, i) => [name, gradients[i]!])))
      const next: Record<string, Record<string, f.Tensor>> = { model: {}, first: {}, second: {} }
      for (const { name: pack } of packing.packs) {
        const { parameter, moments } = adamw.update({
          parameter: state['model']![pack]!,
          gradient: packed[pack]!,
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

async function openProduct(workload: MatmulWorkload): Promise<Job> {
  const { a, b } = makeMatrices(workload)
  const type: f.TensorType = { shape: [workload.size, workload.size], dtype: 'float32' }
  const program = await f.compile(
    {
      name: 'product',
      shared: { a: type, b: type },
      step: ({ shared }) => ({ outputs: { c: f.matmul(shared['a']!, shared['b']!) } }),
    },
    { loop: false },
  )
  program.setShared({ a, b })
  const { c } = await program.run()
  return {
    run: () => program.run(),
    steps: 1,
    check: meanSquare(c! as Float32Array),
    flopsPerStep: 2 * workload.size ** 3,
  }
}

/** Floating-point operations of one step of a workload's matrix products alone: 6 n_in n_out B a layer, less the first input's gradient. */
export function productFlops(name: string): number {
  const workload = workloads.find((candidate) => candidate.name === name)!
  if (workload.kind === 'matmul') return 2 * workload.size ** 3
  const { widths, batchSize } = workload
  const pairs = widths.slice(1).map((width, i) => width * widths[i]!)
  const all = pairs.reduce((total, pair) => total + 6 * pair * batchSize, 0)
  return all - 2 * pairs[0]! * batchSize
}
