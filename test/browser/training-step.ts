import {
  add,
  broadcastTo,
  cast,
  compile,
  div,
  grad,
  matmul,
  mean,
  mul,
  type Named,
  type Program,
  type ProgramSpec,
  pow,
  type Runtime,
  silu,
  sizeOf,
  sqrt,
  square,
  sub,
  type Tensor,
  type TensorType,
} from '../../src/engine/index.ts'
import { fixedNumbers, type Quantities } from './numbers.ts'

/** Sizes of the network that is trained, and how many examples a step sees. */
export interface TrainingSize {
  readonly batch: number
  readonly dimension: number
  readonly width: number
  readonly hiddenLayers: number
}

const learningRate = 1e-2
const weightDecay = 1e-2
const averageDecay = 0.95
const [beta1, beta2, epsilon] = [0.9, 0.99, 1e-6]

/** A whole training step: SiLU network, mean squared loss, its gradient, decoupled weight decay Adam, average. */
export function trainingStep(size: TrainingSize): ProgramSpec {
  const parameters = parameterTypes(size)
  const rows: TensorType = { shape: [size.batch, size.dimension], dtype: 'float32' }
  return {
    name: 'training step',
    state: {
      parameters,
      average: parameters,
      momentum: parameters,
      scale: parameters,
      counter: { step: { shape: [], dtype: 'int32' } },
    },
    inputs: { x: rows, target: rows },
    shared: { rate: { shape: [], dtype: 'float32' } },
    step: ({ state, inputs, shared }) => {
      const names = Object.keys(parameters)
      const count = add(state['counter']!['step']!, 1)
      const step = cast(count, 'float32')
      const prediction = network(state['parameters']!, inputs['x']!, size)
      const loss = mean(square(sub(prediction, inputs['target']!)))
      const gradients = grad(
        loss,
        names.map((name) => state['parameters']![name]!),
      )
      const next = names.map((name, i) => {
        const [w, g] = [state['parameters']![name]!, gradients[i]!]
        const wide = (x: Tensor): Tensor => broadcastTo(x, w.shape)
        const momentum = add(mul(state['momentum']![name]!, beta1), mul(g, 1 - beta1))
        const scale = add(mul(state['scale']![name]!, beta2), mul(square(g), 1 - beta2))
        const direction = div(
          div(momentum, wide(sub(1, pow(beta1, step)))),
          add(sqrt(div(scale, wide(sub(1, pow(beta2, step))))), epsilon),
        )
        const moved = sub(w, mul(wide(shared['rate']!), add(direction, mul(w, weightDecay))))
        const average = add(mul(state['average']![name]!, averageDecay), mul(moved, 1 - averageDecay))
        return { moved, momentum, scale, average }
      })
      const group = (of: (n: (typeof next)[number]) => Tensor): Named<Tensor> =>
        Object.fromEntries(names.map((name, i) => [name, of(next[i]!)]))
      return {
        state: {
          parameters: group((n) => n.moved),
          average: group((n) => n.average),
          momentum: group((n) => n.momentum),
          scale: group((n) => n.scale),
          counter: { step: count },
        },
        outputs: { loss },
      }
    },
  }
}

function parameterTypes({ dimension, width, hiddenLayers }: TrainingSize): Record<string, TensorType> {
  const widths = [dimension, ...Array.from({ length: hiddenLayers }, () => width), dimension]
  return Object.fromEntries(
    widths.slice(1).flatMap((out, layer) => [
      [`w${layer}`, { shape: [widths[layer]!, out], dtype: 'float32' }],
      [`b${layer}`, { shape: [out], dtype: 'float32' }],
    ]),
  )
}

function network(parameters: Named<Tensor>, x: Tensor, { hiddenLayers }: TrainingSize): Tensor {
  let h = x
  for (let layer = 0; layer <= hiddenLayers; layer++) {
    const product = matmul(h, parameters[`w${layer}`]!)
    const sum = add(product, broadcastTo(parameters[`b${layer}`]!, product.shape))
    h = layer < hiddenLayers ? silu(sum) : sum
  }
  return h
}

/** The program with its first state, ready to run. */
export async function startTraining(size: TrainingSize, runtime: Runtime): Promise<Program> {
  const program = await compile(trainingStep(size), { runtime })
  const types = parameterTypes(size)
  const fill = (of: (type: TensorType, i: number) => Float32Array): Named<Float32Array> =>
    Object.fromEntries(Object.entries(types).map(([name, type], i) => [name, of(type, i)]))
  const zeros = fill((type) => new Float32Array(sizeOf(type.shape)))
  const parameters = fill(({ shape }, i) =>
    fixedNumbers(sizeOf(shape), 100 + i).map((u) => u / Math.sqrt(shape[0]!)),
  )
  program.setState({ parameters, average: parameters, momentum: zeros, scale: zeros, counter: { step: [0] } })
  program.setShared({ rate: [learningRate] })
  return program
}

/** Examples for `steps` steps: x, and a smooth function of x to learn. */
export function examples(size: TrainingSize, steps: number, seed: number): Record<string, Float32Array> {
  const x = fixedNumbers(steps * size.batch * size.dimension, seed)
  return { x, target: x.map((value, i) => value * x[i ^ 1]! - 0.3 * value) }
}

/** Two calls of eight steps; the second one is run again from a snapshot and must repeat itself to the bit. */
export async function train(runtime: Runtime): Promise<Quantities> {
  const size: TrainingSize = { batch: 32, dimension: 4, width: 32, hiddenLayers: 1 }
  const steps = 8
  const program = await startTraining(size, runtime)
  const first = await program.run(examples(size, steps, 1), steps)
  const middle = program.snapshot()
  const second = await program.run(examples(size, steps, 2), steps)
  const state = await program.getState()
  program.restore(middle)
  const again = await program.run(examples(size, steps, 2), steps)
  const repeated = await program.getState()
  const flat = (groups: typeof state, group: string): number[] =>
    Object.values(groups[group]!).flatMap((values) => Array.from(values))
  const results: Quantities = { loss: [...first['loss']!, ...second['loss']!] }
  for (const group of Object.keys(state)) results[group] = flat(state, group)
  const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
    a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]))
  results['repeats'] = [
    Number(
      same(second['loss']!, again['loss']!) &&
        Object.keys(state).every((group) => same(flat(state, group), flat(repeated, group))),
    ),
  ]
  await program.dispose()
  return results
}
