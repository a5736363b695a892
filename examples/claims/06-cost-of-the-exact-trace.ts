// Claim 6: the exact trace costs d reverse passes, and it does not have to.
import { spawnSync } from 'node:child_process'
import { RandomStream } from 'scorefield'
import * as f from 'scorefield/engine'
import type { Claim, ClaimGiven } from './claim.ts'
import { figure, logLogSlope } from './figures.ts'

type Kind = 'free field' | 'energy'
const kinds: readonly Kind[] = ['free field', 'energy']
/** Ways to the exact trace, as the compiler names them, and what does without it. */
const exact = ['unrolled', 'reverse', 'forward', 'width'] as const
const methods = [...exact, 'sliced', 'finite difference', 'denoising'] as const
type Method = (typeof methods)[number]

const rows = 128
const width = 128
const sigma = 0.1
/** A loss with its gradient that takes longer, or more operations, is the last of its method. */
const mostSeconds = 1.5
const mostOperations = 12_000

type Weights = f.Named<f.Tensor>

/** W₄ SiLU(W₃ SiLU(W₂ SiLU(W₁ x))). [B, d] → [B, outputs]. */
function network(p: Weights, x: f.Tensor): f.Tensor {
  const hidden = ['w1', 'w2', 'w3'].reduce((h, name) => f.silu(f.matmul(h, p[name]!)), x)
  return f.matmul(hidden, p['w4']!)
}

/** The mean loss of a batch x with probes v, [B, d]. */
function lossOf(kind: Kind, method: Method, p: Weights, data: f.Tensor, v: f.Tensor): f.Tensor {
  const energy = (at: f.Tensor): f.Tensor => f.reshape(network(p, at), [rows])
  const score = (at: f.Tensor): f.Tensor =>
    kind === 'energy' ? f.neg(f.grad(f.sum(energy(at)), [at])[0]!) : network(p, at)
  const dot = (a: f.Tensor, b: f.Tensor): f.Tensor => f.sum(f.mul(a, b), { axes: [1] })
  const half = (a: f.Tensor): f.Tensor => f.mul(a, 0.5)
  const shifted = (by: number): f.Tensor => f.variable(f.add(data, f.mul(v, by)))
  if (method === 'denoising') return f.mean(half(squares(f.add(score(shifted(sigma)), f.mul(v, 1 / sigma)))))
  const x = f.variable(data)
  if (method === 'finite difference') {
    const [ahead, behind] = [shifted(sigma), shifted(-sigma)]
    if (kind === 'energy') {
      const [a, b, here] = [energy(ahead), energy(behind), energy(x)]
      const second = f.add(f.sub(a, here), f.sub(b, here))
      return f.mean(f.add(f.mul(second, -1 / sigma ** 2), f.mul(f.square(f.sub(a, b)), 1 / (8 * sigma ** 2))))
    }
    const [a, b] = [dot(v, score(ahead)), dot(v, score(behind))]
    return f.mean(f.add(f.mul(f.sub(a, b), 1 / (2 * sigma)), f.mul(f.square(f.add(a, b)), 1 / 8)))
  }
  const s = score(x)
  if (method === 'sliced') return f.mean(f.add(f.jacobianTraceEstimate(s, x, v), half(f.square(dot(v, s)))))
  const trace =
    kind === 'energy'
      ? f.neg(f.hessianTrace(energy(x), x, { way: method }))
      : f.jacobianTrace(s, x, { way: method })
  return f.mean(f.add(half(squares(s)), trace))

  function squares(a: f.Tensor): f.Tensor {
    return dot(a, a)
  }
}

function specOf(kind: Kind, method: Method, d: number): f.ProgramSpec {
  const type = (...shape: number[]): f.TensorType => ({ shape, dtype: 'float32' })
  const weights = {
    ...{ w1: type(d, width), w2: type(width, width), w3: type(width, width) },
    w4: type(width, kind === 'energy' ? 1 : d),
  }
  return {
    name: `${kind}, ${method}, ${d}`,
    shared: { ...weights, x: type(rows, d), v: type(rows, d) },
    step: ({ shared: { x, v, ...p } }) => {
      const loss = lossOf(kind, method, p, x!, v!)
      const gradients = f.grad(
        loss,
        Object.keys(weights).map((name) => p[name]!),
      )
      // All gradients are needed, and little is brought back.
      return {
        outputs: { loss, size: gradients.map((g) => f.sum(f.square(g))).reduce((a, b) => f.add(a, b)) },
      }
    },
  }
}

interface Cost {
  readonly kind: Kind
  readonly method: Method
  readonly d: number
  readonly operations: number
  readonly flops: number
  readonly megabytes: number
  /** Absent where it was not run. */
  readonly seconds?: number
  readonly loss?: number
}

async function costOf(kind: Kind, method: Method, d: number, runs: boolean): Promise<Cost> {
  const spec = specOf(kind, method, d)
  const { operations, flops, peakBytes } = f.programCost(f.traceProgram(spec))
  const known = { kind, method, d, operations, flops, megabytes: peakBytes / 1e6 }
  if (!runs || operations > mostOperations) return known
  const program = await f.compile(spec, { loop: false, runtime: f.nodeCpu({ threads: 1 }) })
  const stream = new RandomStream({ seed: d, name: 'cost' })
  program.setShared(
    Object.fromEntries(
      Object.entries(spec.shared!).map(([name, { shape }], i) => {
        const z = stream.normal({ first: i, count: 1, width: f.sizeOf(shape) })
        const scale = name.startsWith('w') ? 1 / Math.sqrt(shape[0]!) : 1
        return [name, z.map((value) => (name === 'v' ? Math.sign(value) : scale * value))]
      }),
    ),
  )
  const times: number[] = []
  let loss = Number.NaN
  const begun = performance.now()
  while (times.length < 3 || (times.length < 60 && performance.now() - begun < 400)) {
    const started = performance.now()
    loss = (await program.run())['loss']![0]!
    times.push((performance.now() - started) / 1000)
    if (times.at(-1)! > mostSeconds) break
  }
  await program.dispose()
  return { ...known, loss, seconds: Math.min(...times) }
}

/** Milliseconds of PyTorch by kind, method and d; nothing where there is no PyTorch. */
function torchCosts({ python, small }: ClaimGiven, dimensions: readonly number[]) {
  if (!python || small) return []
  const told = ['examples/claims/torch_cost.py', rows, width, mostSeconds, ...dimensions].map(String)
  const { status, stdout } = spawnSync(python, told, {
    encoding: 'utf8',
    timeout: 240_000,
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  })
  if (status !== 0) return []
  return stdout
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { kind: Kind; method: Method; d: number; seconds: number; version?: string },
    )
}

/** Where the second of two costs becomes the smaller one, on straight lines in log-log; undefined where it does not. */
function crossing(
  first: readonly Cost[],
  second: readonly Cost[],
  of: (cost: Cost) => number,
): number | undefined {
  const shared = first.flatMap((a) =>
    second.filter(({ d }) => d === a.d).map((b) => [a.d, Math.log(of(b) / of(a))] as const),
  )
  for (let i = 1; i < shared.length; i++) {
    const [[d0, y0], [d1, y1]] = [shared[i - 1]!, shared[i]!]
    if (y0 > 0 && y1 <= 0) return Math.exp(Math.log(d0) + (Math.log(d1 / d0) * y0) / (y0 - y1))
  }
  return undefined
}

export const costOfTheExactTrace: Claim = {
  number: 6,
  title: 'Cost of the exact trace',
  claim:
    'The exact trace costs d reverse passes, which is why score matching was given up in many dimensions — and it does not have to.',
  why: 'tr ∂s/∂x = Σᵢ ∂sᵢ/∂xᵢ, and a reverse pass gives one row of ∂s/∂x: d passes, each written out (`unrolled`) or several at once (`reverse`). Forward, value and d tangents are carried in one pass (`forward`). And where the network begins and ends with a product, tr(W₁ A W_L) = tr(A W_L W₁), so the directions are those of the hidden width H, not of the data (`width`). Sliced score matching asks for one random direction, v·(∂s/∂x)v; finite differences and denoising for none.',
  source: 'Hyvärinen 2005; Song, Garg, Shi, Ermon 2019; Pang et al. 2020; Li et al. 2023 (forward Laplacian)',
  limits:
    'Three hidden layers of 128 units, 128 rows, one machine. The way through the width needs a network that begins and ends with a product, as most do; its cost grows with H². Memory is what the graph needs if every tensor is freed after its last use, counted and not measured. What a cheaper gradient is worth, is claim 12.',
  run: async (given) => {
    const { small } = given
    const dimensions = small ? [2, 8, 32, 128] : [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    const costs: Cost[] = []
    for (const kind of kinds)
      for (const method of methods)
        for (const d of dimensions) {
          if (method === 'unrolled' && d > (small ? 32 : 256)) break
          const found = await costOf(kind, method, d, small ? d === 8 : true)
          if (found.operations > mostOperations) break
          costs.push(found)
          if ((found.seconds ?? 0) > mostSeconds) break
        }
    const of = (kind: Kind, method: Method) =>
      costs.filter((cost) => cost.kind === kind && cost.method === method)
    const torch = torchCosts(given, dimensions)
    const from = small ? 8 : 32
    const slope = (kind: Kind, method: Method, what: (cost: Cost) => number | undefined) => {
      const points = of(kind, method).flatMap((cost) => {
        const y = what(cost)
        return cost.d >= from && y !== undefined ? [[cost.d, y] as const] : []
      })
      return points.length > 1 ? logLogSlope(points) : Number.NaN
    }
    // All exact ways must be one number.
    const disagreement = kinds.flatMap((kind) =>
      dimensions.flatMap((d) => {
        const losses = exact.flatMap((way) =>
          of(kind, way).flatMap((cost) => (cost.d === d && cost.loss !== undefined ? [cost.loss] : [])),
        )
        return losses.map((loss) => Math.abs(loss - losses[0]!) / (1 + Math.abs(losses[0]!)))
      }),
    )
    const work = (cost: Cost) => cost.flops
    const seconds = (cost: Cost) => cost.seconds
    const text = (value: number) => (Number.isNaN(value) ? '–' : figure(value, 2))
    const last = dimensions.at(-1)!
    const best = (kind: Kind, d: number) => {
      const known = exact.flatMap((way) => of(kind, way).filter((cost) => cost.d === d))
      return known.reduce((a, b) => ((b.seconds ?? b.flops) < (a.seconds ?? a.flops) ? b : a))
    }
    const ratio = (kind: Kind) => {
      const denoising = of(kind, 'denoising').find(({ d }) => d === last)!
      const quickest = best(kind, last)
      return (quickest.seconds ?? quickest.flops) / (denoising.seconds ?? denoising.flops)
    }
    const cross = kinds.map((kind) =>
      crossing(of(kind, 'forward'), of(kind, 'width'), (cost) => cost.seconds ?? cost.flops),
    )
    const timed = (cost: Cost | undefined) =>
      cost?.seconds === undefined ? '–' : figure(1000 * cost.seconds, 2)
    return {
      checks: [
        {
          what: 'all ways to the exact trace give one loss: largest relative difference',
          measured: Math.max(...disagreement),
          atMost: 2e-3,
        },
        ...kinds.flatMap((kind) => [
          {
            what: `${kind}: floating-point work of d reverse passes grows as d to the power`,
            measured: slope(kind, 'unrolled', work),
            atLeast: 0.7,
          },
          {
            what: `${kind}: operations of d reverse passes, the same`,
            measured: slope(kind, 'unrolled', ({ operations }) => operations),
            atLeast: 0.7,
          },
          {
            what: `${kind}: operations forward`,
            measured: slope(kind, 'forward', ({ operations }) => operations),
            atMost: 0.35,
          },
          { what: `${kind}: work through the width`, measured: slope(kind, 'width', work), atMost: 0.45 },
          {
            what: `${kind}: sliced over denoising, work at d = ${last}`,
            measured:
              of(kind, 'sliced').find(({ d }) => d === last)!.flops /
              of(kind, 'denoising').find(({ d }) => d === last)!.flops,
            atMost: 4,
          },
        ]),
      ],
      tables: [
        ...kinds.map((kind) => ({
          caption: `Milliseconds of a loss with its gradient, ${kind}${small ? '' : ', on one thread, the least of three to sixty runs'}; – where it took above ${mostSeconds} s or ${mostOperations.toLocaleString('en-US')} operations before`,
          columns: [
            'd',
            ...methods,
            ...(torch.length > 0 ? ['PyTorch, d passes', 'PyTorch, sliced', 'PyTorch, denoising'] : []),
          ],
          rows: dimensions.map((d) => [
            String(d),
            ...methods.map((method) => timed(of(kind, method).find((cost) => cost.d === d))),
            ...(torch.length > 0
              ? ['unrolled', 'sliced', 'denoising'].map((method) => {
                  const found = torch.find(
                    (cost) => cost.kind === kind && cost.method === method && cost.d === d,
                  )
                  return found ? figure(1000 * found.seconds, 2) : '–'
                })
              : []),
          ]),
        })),
        {
          caption: `Exponents: time, work, memory as a power of d, fitted from d = ${from} on; megabytes at the largest d reached`,
          columns: ['model', 'method', 'time', 'work', 'operations', 'memory', 'MB', 'at d ='],
          rows: kinds.flatMap((kind) =>
            methods.map((method) => {
              const end = of(kind, method).at(-1)
              return [
                kind,
                method,
                text(slope(kind, method, seconds)),
                text(slope(kind, method, work)),
                text(slope(kind, method, ({ operations }) => operations)),
                text(slope(kind, method, ({ megabytes }) => megabytes)),
                text(end?.megabytes ?? Number.NaN),
                String(end?.d ?? '–'),
              ]
            }),
          ),
        },
        {
          caption:
            'Where the second way becomes the cheaper one: d, on straight lines between the points measured',
          columns: ['model', 'from', 'to', 'by time', 'by work'],
          rows: kinds.flatMap((kind) =>
            (
              [
                ['unrolled', 'forward'],
                ['reverse', 'forward'],
                ['unrolled', 'width'],
                ['forward', 'width'],
              ] as const
            ).map(([from, to]) => {
              const at = (what: (cost: Cost) => number | undefined) => {
                const known = (method: Method) => of(kind, method).filter((cost) => what(cost) !== undefined)
                const found = crossing(known(from), known(to), (cost) => what(cost)!)
                if (found !== undefined) return figure(found, 2)
                const pair = known(from).map((a) => [a, known(to).find((b) => b.d === a.d)] as const)
                const shared = pair.filter(([, b]) => b !== undefined)
                if (shared.length === 0) return '–'
                return shared.every(([a, b]) => what(b!)! <= what(a)!) ? 'from the start' : 'not up to here'
              }
              return [kind, from, to, at(seconds), at(work)]
            }),
          ),
        },
      ],
      pictures: kinds.map((kind) => ({
        ...{ kind: 'curves' as const, name: `06-cost-${kind.replace(' ', '-')}`, logX: true, logY: true },
        ...{
          xLabel: 'd',
          yLabel: 'ms of a loss with its gradient',
          title: `Cost against dimension: ${kind}`,
        },
        alt: `Time of each method against the dimension, ${kind}, both axes logarithmic`,
        series: [
          ...methods
            .filter((method) => method !== 'reverse') // near the forward pass, and six colours are all there are
            .map((method) => {
              const known = of(kind, method).filter((cost) => cost.seconds !== undefined)
              return {
                name: method,
                x: known.map(({ d }) => d),
                y: known.map((cost) => 1000 * cost.seconds!),
                dots: true,
              }
            })
            .filter(({ x }) => x.length > 0),
          ...[torch.filter((cost) => cost.kind === kind && cost.method === 'unrolled')]
            .filter((all) => all.length > 0)
            .map((all) => ({
              name: 'PyTorch, d passes',
              x: all.map(({ d }) => d),
              y: all.map((cost) => 1000 * cost.seconds),
              faint: true,
            })),
        ],
      })),
      verdict: `d reverse passes grow as d to the power ${kinds.map((kind) => text(slope(kind, 'unrolled', seconds))).join(' (free field) and ')} (energy) in time. Through the width the power is ${kinds.map((kind) => text(slope(kind, 'width', seconds))).join(' and ')}; it overtakes the forward pass at d ≈ ${cross.map((d) => (d === undefined ? `above ${last}` : figure(d, 2))).join(' and ')}. At d = ${last} the quickest exact trace (${kinds.map((kind) => `${best(kind, last).method}, ${kind}`).join('; ')}) takes ${kinds.map((kind) => figure(ratio(kind), 2)).join(' and ')} times as long as denoising.${torch.length > 0 ? ` PyTorch ${torch.find(({ version }) => version)?.version} is beside it, eager, on one thread, too.` : small ? '' : ' There was no PyTorch to measure beside it.'}`,
    }
  },
}
