import * as f from '../engine/index.ts'
import type { Learning } from './learning.ts'
import type { Optimiser, OptimiserOptions } from './optimiser.ts'
import { Packing } from './packing.ts'
import { chainsGroup, trainingStep } from './step.ts'

/** A training step, compiled; its state is told and asked by group and parameter. */
export class TrainingProgram {
  private readonly program: f.Program
  private readonly packing: Packing

  private constructor(program: f.Program, packing: Packing) {
    this.program = program
    this.packing = packing
  }

  static async compile(options: {
    readonly learning: Learning
    readonly optimiser: Optimiser
    readonly optimiserOptions: OptimiserOptions
    readonly widths?: readonly number[] | undefined
    readonly runtime?: f.Runtime | undefined
  }): Promise<TrainingProgram> {
    const { runtime, learning } = options
    const program = await f.compile(trainingStep(options), { loop: true, runtime })
    return new TrainingProgram(program, new Packing(learning.facts.model.parameters, learning.players))
  }

  /** Seconds spent inside the runtime so far. */
  get secondsInside(): number {
    return this.program.secondsInside
  }

  setState(groups: f.Groups<ArrayLike<number>>): void {
    this.program.setState(mapGroups(groups, (group) => this.packing.pack(group)))
  }

  /** A copy of the state: group, then parameter; of some of the groups, where they are named. */
  async getState(groups?: readonly string[]): Promise<Record<string, Record<string, f.HostArray>>> {
    return mapGroups(await this.program.getState(groups), (group) => this.packing.unpack(group))
  }

  snapshot(): f.StateSnapshot {
    return this.program.snapshot()
  }

  restore(snapshot: f.StateSnapshot): void {
    this.program.restore(snapshot)
  }

  run(inputs: f.Named<f.HostArray>, steps = 1): Promise<Record<string, f.HostArray>> {
    return this.program.run(inputs, steps)
  }

  cost(): f.GraphCost {
    return this.program.cost()
  }

  dispose(): Promise<void> {
    return this.program.dispose()
  }
}

/** Changes the groups that are packed; what the objective keeps goes as it is. */
function mapGroups<A>(groups: Readonly<Record<string, A>>, change: (group: A) => A): Record<string, A> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, group]) => [name, name === chainsGroup ? group : change(group)]),
  )
}
