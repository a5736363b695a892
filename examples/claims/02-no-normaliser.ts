// Claim 2: a score needs no normaliser.
import { gaussianMixture, RandomStream } from 'scorefield'
import { gaussLegendre, logSumExp } from 'scorefield/density'
import * as f from 'scorefield/engine'
import type { Claim } from './claim.ts'
import { evenly, figure } from './figures.ts'

const width = 16
const shapes = { first: [2, width], second: [width, width], last: [width, 1], c: [1] }
const parameters: f.Named<f.TensorType> = f.mapNamed(shapes, (shape) => ({ shape, dtype: 'float32' }))

/** E(x) = ½‖x‖²/4 + F(x) + c, F a small network: an energy with a constant of its own. x: [B, 2] → [B]. */
function energy(p: f.Named<f.Tensor>, x: f.Tensor): f.Tensor {
  const rows = x.shape[0]!
  const hidden = f.silu(f.matmul(f.silu(f.matmul(x, p['first']!)), p['second']!))
  const free = f.reshape(f.matmul(hidden, p['last']!), [rows])
  const bowl = f.mul(f.sum(f.square(x), { axes: [1] }), 1 / 8)
  return f.add(f.add(free, bowl), f.broadcastTo(f.reshape(p['c']!, []), [rows]))
}

/** Energy, score −∇E and the implicit objective E[½‖s‖² − ΔE] of a batch. */
function measured(p: f.Named<f.Tensor>, given: f.Tensor) {
  const x = f.variable(given)
  const e = energy(p, x)
  const score = f.neg(f.grad(f.sum(e), [x])[0]!)
  const squares = f.mul(0.5, f.sum(f.square(score), { axes: [1] }))
  return { e, score, loss: f.mean(f.sub(squares, f.hessianTrace(e, x))) }
}

/** log ∫ e^(−E) over a square, by n × n points of a product rule. */
function logNormaliser(energies: ArrayLike<number>, n: number, half: number): number {
  const { weights } = gaussLegendre(n)
  return logSumExp(
    Float64Array.from({ length: n * n }, (_, i) => {
      const weight = weights[Math.floor(i / n)]! * weights[i % n]! * half ** 2
      return Math.log(weight) - energies[i]!
    }),
  )
}

export const noNormaliser: Claim = {
  number: 2,
  title: 'No normaliser',
  claim: 'A score needs no normaliser: the partition function is never computed.',
  why: 'With p(x) = e^(−E(x))/Z the score is s(x) = −∇E(x) − ∇ log Z = −∇E(x), since Z does not depend on x. A constant added to E multiplies Z and changes nothing else. A likelihood needs log Z, an integral over all of space; score matching needs derivatives at the data only.',
  source: 'Hyvärinen 2005; LeCun et al. 2006',
  limits:
    'That the normaliser is not needed to learn, says nothing of what a model without one cannot tell: how likely a row is (claim 9), and which of two separated modes is the heavier one (claims 10 and 11).',
  run: async ({ small, seed }) => {
    const stream = new RandomStream({ seed, name: 'energy' })
    const values: Record<string, Float32Array> = {}
    for (const [i, [name, { shape }]] of Object.entries(parameters).entries()) {
      const z = stream.normal({ first: i, count: 1, width: f.sizeOf(shape) })
      values[name] = z.map((value) => value / Math.sqrt(shape[0]!))
    }
    const n = small ? 32 : 64
    const half = 12
    const nodes = Array.from(gaussLegendre(n).nodes, (node) => half * node)
    const square = Float32Array.from(nodes.flatMap((x) => nodes.flatMap((y) => [x, y])))
    const rows = 256
    const density = gaussianMixture({
      weights: [1, 1],
      means: [
        [-1, 0],
        [1, 0],
      ],
      covariances: [0.3, 0.5],
    })
    const data = Float32Array.from(density.sample({ seed, count: rows }))

    // What each result is made of, before any number is computed.
    const type = (shape: f.Shape): f.TensorType => ({ shape, dtype: 'float32' })
    const p = f.mapNamed(parameters, (each, name) => f.input(name, each))
    const traced = measured(p, f.input('x', type([rows, 2])))
    const uses = (result: f.Tensor) => (f.topologicalOrder([result]).includes(p['c']!) ? 1 : 0)
    const program = await f.compile({
      name: 'energy',
      shared: parameters,
      inputs: { data: type([rows, 2]), square: type([n * n, 2]) },
      step: ({ inputs, shared }) => {
        const { score, loss } = measured(shared, inputs['data']!)
        return { outputs: { score, loss, energies: energy(shared, inputs['square']!) } }
      },
    })
    const table: string[][] = []
    const found: { c: number; logZ: number; score: f.HostArray; loss: number }[] = []
    for (const c of [0, 1, 30, 1000]) {
      program.setShared({ ...values, c: [c] })
      const out = await program.run({ data, square })
      const logZ = logNormaliser(out['energies']!, n, half)
      found.push({ c, logZ, score: out['score']!, loss: out['loss']![0]! })
    }
    await program.dispose()
    const first = found[0]!
    const changes = found.map(({ score, loss, logZ, c }) => ({
      ofScore: Math.max(...Array.from(score, (value, i) => Math.abs(value - first.score[i]!))),
      ofLoss: Math.abs(loss - first.loss),
      ofLogZ: Math.abs(logZ - (first.logZ - c)),
    }))
    for (const [i, { c, logZ, loss }] of found.entries())
      table.push([
        figure(c),
        figure(logZ, 5),
        figure(loss, 5),
        figure(changes[i]!.ofScore),
        figure(changes[i]!.ofLoss),
      ])
    const line = evenly(-3, 3, 61)
    const shown = [0, 1, 2].map((c) => ({
      name: `E + ${c}`,
      x: line,
      y: line.map((x) => x ** 4 / 8 - x ** 2 / 2 + c),
    }))
    return {
      checks: [
        {
          what: 'the constant is part of the graph of the energy (1: yes)',
          measured: uses(traced.e),
          atLeast: 1,
        },
        { what: 'of the graph of the score', measured: uses(traced.score), atMost: 0 },
        { what: 'of the graph of the objective', measured: uses(traced.loss), atMost: 0 },
        {
          what: 'largest change of a score, c from 0 to 1000',
          measured: Math.max(...changes.map(({ ofScore }) => ofScore)),
          atMost: 0,
        },
        {
          what: 'largest change of the objective',
          measured: Math.max(...changes.map(({ ofLoss }) => ofLoss)),
          atMost: 0,
        },
        {
          what: 'log Z against log Z₀ − c, nats (float32 energies)',
          measured: Math.max(...changes.map(({ ofLogZ }) => ofLogZ)),
          atMost: 1e-3,
        },
      ],
      tables: [
        {
          caption: `An energy E(x) + c of random weights in two dimensions; log Z by ${n} × ${n} points`,
          columns: ['c', 'log Z', 'implicit objective', 'change of the score', 'change of the objective'],
          rows: table,
        },
      ],
      pictures: [
        {
          ...{ kind: 'curves', name: '02-no-normaliser', xLabel: 'x', yLabel: 'energy, and score' },
          alt: 'Three energies that differ by a constant, and their one score',
          title: 'Three energies, three normalisers, one score',
          series: [...shown, { name: 'their score −E′', x: line, y: line.map((x) => x - x ** 3 / 2) }],
        },
      ],
      verdict: `Adding 1,000 to the energy moves log Z by ${figure(first.logZ - found.at(-1)!.logZ, 5)} nats and neither the score nor the objective by a single bit: the compiler's graph of both does not contain the constant, though that of the energy does.`,
    }
  },
}
