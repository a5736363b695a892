import * as f from '../src/engine/index.ts'
import { chain } from '../src/family/flow/bijection.ts'
import { coupling } from '../src/family/flow/coupling.ts'
import { rationalQuadratic } from '../src/family/flow/spline.ts'
import { mixtureColumns } from '../src/family/mixture-columns.ts'
import { type Network, zeros } from '../src/nn/index.ts'
import { langevin } from '../src/objective/langevin.ts'
import type { Task } from './ours-task.ts'
import {
  type ChainWorkload,
  type FamilyWorkload,
  type MadeWorkload,
  makeFamily,
  type SplineWorkload,
} from './peers/workload.mjs'

type Loss = Task['loss']

/** Our side of the families' workloads, by the functions that training uses. */
export function familyTask(workload: FamilyWorkload): Task {
  const { parameters, x, noise } = makeFamily(workload)
  const { name, batchSize, columns, checkSteps } = workload
  const values: Record<string, Float32Array> = { x }
  const shapes: Record<string, f.Shape> = { x: [batchSize, columns] }
  if (workload.kind === 'chain') {
    values['noise'] = noise
    shapes['noise'] = [batchSize, workload.steps, columns]
  }
  return {
    name,
    checkSteps,
    parameters: Object.fromEntries(parameters.map((it) => [it.name, zeros(it.shape)])),
    start: Object.fromEntries(parameters.map((it) => [it.name, it.values])),
    shapes,
    values,
    loss: lossOf(workload),
  }
}

function lossOf(workload: FamilyWorkload): Loss {
  if (workload.kind === 'spline') return splineLoss(workload)
  return workload.kind === 'made' ? madeLoss(workload) : chainLoss(workload)
}

/** −log p of a spline flow: couplings that swap the halves, and a standard normal. */
function splineLoss({ columns, couplings, width, bins, bound }: SplineWorkload): Loss {
  const map = rationalQuadratic({ bins, bound })
  const network = perceptron(3)
  const link = coupling({ dimension: columns, map, network, size: { width } })
  const flow = chain(Object.fromEntries(Array.from({ length: couplings }, (_, k) => [`net${k}`, link])))
  return (p, { x }) => {
    const { z, logDet } = flow.forward(p, f.transpose(x!))
    const squares = f.sum(f.square(z), { axes: [0] })
    return f.mean(f.add(f.sub(f.mul(squares, 0.5), logDet), (columns / 2) * Math.log(2 * Math.PI)))
  }
}

/** −log p of a masked network with mixtures of normals. */
function madeLoss(workload: MadeWorkload): Loss {
  const density = mixtureColumns(workload)
  return (p, { x }) => f.neg(f.mean(density.logDensity(p, x!)))
}

/** Energy of the batch less that of where chains from it end. */
function chainLoss({ epsilon }: ChainWorkload): Loss {
  return (p, { x, noise }) => {
    const energy = (at: f.Tensor): f.Tensor => f.reshape(layers(4, p, at, 'net0.'), [at.shape[0]!])
    const score = (at: f.Tensor): f.Tensor => f.neg(f.grad(f.sum(energy(at)), [at])[0]!)
    const end = langevin(x!, { score, draws: noise!, epsilon })
    return f.mean(f.sub(energy(x!), energy(end)))
  }
}

/** Linear layers with SiLU between them; their shapes are those of the workload's parameters. */
function perceptron(count: number): Network {
  return {
    name: 'perceptron',
    summary: 'linear layers with SiLU between them',
    source: 'the peers’ own',
    takes: (event) => event.length === 1,
    defaultSize: () => ({}),
    build: ({ event, outputs = event }, { width }) => {
      const widths = [event[0]!, ...Array.from({ length: count - 1 }, () => width!), outputs[0]!]
      const parameters = widths
        .slice(1)
        .flatMap((n, l) => [
          [`weight${l}`, zeros([widths[l]!, n])] as const,
          [`bias${l}`, zeros([n])] as const,
        ])
      return {
        parameters: Object.fromEntries(parameters),
        apply: (p, { x }) => layers(count, p, x),
      }
    },
  }
}

function layers(count: number, p: f.Named<f.Tensor>, x: f.Tensor, prefix = ''): f.Tensor {
  let h = x
  for (let l = 0; l < count; l++) {
    const product = f.matmul(h, p[`${prefix}weight${l}`]!)
    h = f.add(product, f.broadcastTo(p[`${prefix}bias${l}`]!, product.shape))
    if (l + 1 < count) h = f.silu(h)
  }
  return h
}
