import * as f from '../src/engine/index.ts'
import { type Bench, type BenchContext, type BenchResult, beside, compare } from './harness.ts'
import { OurSide } from './ours.ts'

const side = new OurSide()

/** What PyTorch 1.13 is asked for here, with its milliseconds on two other, quiet cores: named where there is no PyTorch. */
const reference: Readonly<Record<string, number>> = {
  'score-8': 11.5,
  'score-32': 43.6,
  'score-128': 233,
  'energy-8': 25.6,
  'energy-32': 94,
}

/** Ratios to reach. */
const targets: Readonly<Record<string, number>> = { 'score-32': 3.3, 'score-128': 5.5, 'energy-32': 5.5 }

/** One Adam step of implicit score matching with the exact trace, beside PyTorch doing d reverse passes. */
export const scoreMatching: Bench = {
  name: 'score-matching',
  summary: 'one step of implicit score matching, MLP 3×128, batch 256, exact trace, beside PyTorch; sessions',
  needsPeers: true,
  async *run(context) {
    const torch = beside(context, ['torch'])
    const alone = { ...context, contenders: [], absent: [] }
    const scores: Record<number, number> = {}
    for (const kind of ['score', 'energy'])
      for (const d of [8, 32, 128, 512]) {
        const workload = `${kind}-${d}`
        if (!workload.startsWith(context.only ?? '')) continue
        const result = await measured(workload, workload in reference ? torch : alone)
        if (kind === 'score') scores[d] = result.ours
        yield result
      }
    if (context.only !== undefined) return
    const ratio = scores[512]! / scores[128]!
    yield figure('exact trace of a score, time at d = 512 over that at 128', '×', ratio, 1.5)
    for (const way of [undefined, 'unrolled'] as const)
      yield figure(
        `session of an energy's step, d = 128${way ? `, ${way}` : ''}`,
        's',
        await sessionSeconds(way),
        2.5,
      )
  },
}

async function measured(workload: string, context: BenchContext): Promise<BenchResult> {
  const ratio = targets[workload]
  const result = await compare(
    {
      name: `implicit score matching, ${workload}`,
      workload,
      unit: 'ms',
      better: 'lower',
      value: (seconds) => 1000 * seconds,
      target: ratio === undefined ? null : { ratio },
      ours: (seconds) => side.round(workload, seconds),
    },
    context,
  )
  const known = reference[workload]
  if (known === undefined || 'torch' in result.peers) return result
  const note = `not measured here: PyTorch 1.13 on two other, quiet cores took ${known} ms: ${(known / result.ours).toFixed(1)} ×`
  return { ...result, note: [result.note, note].filter(Boolean).join('; ') }
}

function figure(name: string, unit: string, ours: number, atMost: number): BenchResult {
  return { name, unit, ours, peers: {}, ratio: null, target: { atMost }, met: ours <= atMost }
}

/** Seconds to trace, differentiate and make ready the step of an energy of 128 columns. */
async function sessionSeconds(way: f.TraceWay | undefined): Promise<number> {
  const [rows, d, width] = [256, 128, 128]
  const types: Record<string, f.TensorType> = {}
  for (const [l, [n, m]] of [
    [d, width],
    [width, width],
    [width, width],
    [width, 1],
  ].entries())
    types[`w${l}`] = { shape: [n!, m!], dtype: 'float32' }
  const names = Object.keys(types)
  const started = performance.now()
  const program = await f.compile({
    name: `energy ${way}`,
    state: { p: types },
    inputs: { x: { shape: [rows, d], dtype: 'float32' } },
    step: ({ state, inputs: { x } }) => {
      const p = state['p']!
      let h = x!
      for (const [l, name] of names.entries()) {
        h = f.matmul(h, p[name]!)
        if (l + 1 < names.length) h = f.silu(h)
      }
      const energy = f.reshape(h, [rows])
      const score = f.grad(f.sum(energy), [x!])[0]!
      const squares = f.mul(0.5, f.sum(f.square(score), { axes: [1] }))
      const loss = f.mean(f.sub(squares, f.hessianTrace(energy, x!, { way })))
      const gradients = f.grad(
        loss,
        names.map((name) => p[name]!),
      )
      const next = names.map((name, i) => [name, f.sub(p[name]!, f.mul(1e-3, gradients[i]!))] as const)
      return { state: { p: Object.fromEntries(next) }, outputs: { loss } }
    },
  })
  const seconds = (performance.now() - started) / 1000
  await program.dispose()
  return seconds
}
