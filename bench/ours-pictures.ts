import * as f from '../src/engine/index.ts'
import { networks } from '../src/nn/index.ts'
import type { Task } from './ours-task.ts'
import {
  type ConvolutionWorkload,
  makeConvolution,
  makePictures,
  meanSquare,
  type PictureWorkload,
} from './peers/workload.mjs'

/** A training step of a network for pictures, by the network that `train` takes. */
export function pictureTask(workload: PictureWorkload): Task {
  const { name, batchSize, side, checkSteps, network, size } = workload
  const record = networks.find((candidate) => candidate.name === network)!
  const built = record.build({ event: [1, side, side] }, size)
  const shapes = Object.fromEntries(Object.entries(built.parameters).map(([key, { shape }]) => [key, shape]))
  const { parameters, x, noise, y } = makePictures(workload, shapes)
  const picture = [batchSize, 1, side, side]
  return {
    name,
    checkSteps,
    parameters: built.parameters,
    start: parameters,
    shapes: { x: picture, noise: [batchSize], y: picture },
    values: { x, noise, y },
    loss: (p, given) =>
      f.mean(f.square(f.sub(built.apply(p, { x: given['x']!, noise: given['noise']! }), given['y']!))),
  }
}

/** A convolution of 3 × 3, or one of its gradients, by itself: from ordinary values to ordinary values. */
export async function openConvolution(workload: ConvolutionWorkload): Promise<{
  readonly run: () => Promise<unknown>
  readonly value: number
  readonly flops: number
}> {
  const { channels, side, batchSize, part } = workload
  const picture: f.TensorType = { shape: [batchSize, channels, side, side], dtype: 'float32' }
  const filter: f.TensorType = { shape: [channels, channels, 3, 3], dtype: 'float32' }
  const program = await f.compile(
    {
      name: workload.name,
      shared: { x: picture, w: filter, g: picture },
      step: ({ shared: { x, w, g } }) => {
        const ways = {
          forward: () => f.conv(x!, w!),
          input: () => f.convTranspose(g!, w!),
          filter: () => f.convFilter(x!, g!, { kernel: [3, 3] }),
        }
        return { outputs: { y: ways[part]() } }
      },
    },
    { loop: false },
  )
  program.setShared(makeConvolution(workload))
  const { y } = await program.run()
  return { run: () => program.run(), value: meanSquare(y as Float32Array), flops: program.cost().flops }
}
