import * as f from '../src/engine/index.ts'
import { familyTask } from './ours-families.ts'
import { openConvolution, pictureTask } from './ours-pictures.ts'
import { networkTask, openTask, type Task } from './ours-task.ts'
import type { Round } from './peerProcess.ts'
import {
  type ConvolutionWorkload,
  convolutionWorkloads,
  familyWorkloads,
  type MatmulWorkload,
  makeMatrices,
  meanSquare,
  pictureWorkloads,
  scoreMatchingWorkloads,
  type Workload,
  workloads,
} from './peers/workload.mjs'

/** Steps in one call of the runtime. */
const quickStepsPerCall = 32
/** The same, of steps with an exact trace or a chain, which take longer. */
const slowStepsPerCall = 4

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
    return { secondsPerStep: (performance.now() - started) / 1000 / steps, first: job.first, last: job.last }
  }

  /** Floating-point operations of one step of a workload that was run. */
  async flops(name: string): Promise<number> {
    return (await this.jobs.get(name)!).flopsPerStep
  }
}

interface Job {
  /** Runs `steps` steps. */
  readonly run: () => Promise<unknown>
  readonly steps: number
  readonly first: number
  readonly last: number
  readonly flopsPerStep: number
}

function open(name: string): Promise<Job> {
  const all: readonly Workload[] = [
    ...workloads,
    ...scoreMatchingWorkloads,
    ...familyWorkloads,
    ...convolutionWorkloads,
    ...pictureWorkloads,
  ]
  const workload = all.find((candidate) => candidate.name === name)
  if (!workload) throw new RangeError(`There is no workload ${name}.`)
  if (workload.kind === 'matmul') return openProduct(workload)
  if (workload.kind === 'mlp')
    return openTraining(networkTask(workload), workload.loss ? slowStepsPerCall : quickStepsPerCall)
  if (workload.kind === 'picture') return openTraining(pictureTask(workload), 1)
  if (workload.kind === 'convolution') return openSingle(workload)
  return openTraining(familyTask(workload), slowStepsPerCall)
}

async function openSingle(workload: ConvolutionWorkload): Promise<Job> {
  const { run, value, flops } = await openConvolution(workload)
  return { run, steps: 1, first: value, last: value, flopsPerStep: flops }
}

async function openTraining(task: Task, stepsPerCall: number): Promise<Job> {
  const { run, cost } = await openTask(task)
  const first = (await run(task.checkSteps))[0]!
  // The loss before an update is that of the weights after those before.
  const last = (await run(1))[0]!
  return { run: () => run(stepsPerCall), steps: stepsPerCall, first, last, flopsPerStep: cost.flops }
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
    first: meanSquare(c! as Float32Array),
    last: meanSquare(c! as Float32Array),
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
