import { describe, expect, it } from 'vitest'
import * as f from './ops/index.ts'
import { compile, type Program } from './program.ts'
import { nodeCpu } from './runtime/node.ts'
import { referenceRuntime } from './runtime/reference.ts'
import type { Tensor } from './tensor.ts'
import type { ProgramSpec } from './traced.ts'

const float = (...shape: number[]) => ({ shape, dtype: 'float32' }) as const
const runtime = nodeCpu({ threads: 1 })

/** Momentum on a quadratic, with a shared target and a scaling for each step: state, inputs, shared and outputs. */
const descent: ProgramSpec = {
  name: 'descent',
  state: { parameters: { w: float(2, 3) }, momentum: { w: float(2, 3) } },
  inputs: { noise: float(2, 3), scale: float() },
  shared: { target: float(2, 3) },
  step: ({ state, inputs, shared }) => {
    const [w, v] = [state['parameters']!['w']!, state['momentum']!['w']!]
    const { noise, scale } = inputs as { noise: Tensor; scale: Tensor }
    const gap = f.sub(f.tanh(w), f.add(shared['target']!, f.mul(noise, f.broadcastTo(scale, [2, 3]))))
    const velocity = f.add(f.mul(0.9, v), gap)
    return {
      state: { parameters: { w: f.sub(w, f.mul(0.1, velocity)) }, momentum: { w: velocity } },
      outputs: { loss: f.mean(f.square(gap)), gap },
    }
  },
}
const start = {
  parameters: { w: [0.1, -0.2, 0.3, 0.4, -0.5, 0.6] },
  momentum: { w: [0, 0, 0, 0, 0, 0] },
}
const steps = 5
const inputs = {
  noise: Float32Array.from({ length: 6 * steps }, (_, i) => Math.sin(i)),
  scale: Float32Array.from({ length: steps }, (_, i) => 1 / (i + 1)),
}
const inputsOf = (step: number) => ({
  noise: inputs.noise.slice(6 * step, 6 * (step + 1)),
  scale: inputs.scale.slice(step, step + 1),
})

async function ready(options: { loop?: boolean } = {}, spec = descent): Promise<Program> {
  const program = await compile(spec, { runtime, ...options })
  program.setState(start)
  program.setShared({ target: [0.5, 0.5, 0.5, -0.5, -0.5, -0.5] })
  return program
}

describe('a program with state', () => {
  it('runs K steps in one call as in K calls, with a loop or without, bit for bit', async () => {
    const together = await ready()
    const results = await together.run(inputs, steps)
    for (const loop of [true, false]) {
      const apart = await ready({ loop })
      for (let step = 0; step < steps; step++) {
        const { loss, gap } = await apart.run(inputsOf(step))
        expect(loss).toEqual(results['loss']!.slice(step, step + 1))
        expect(gap).toEqual(results['gap']!.slice(6 * step, 6 * (step + 1)))
      }
      expect(await apart.getState()).toEqual(await together.getState())
    }
  })

  it('gives the same bits on a second run and in a second program', async () => {
    const first = await ready()
    const again = await ready()
    const results = await first.run(inputs, steps)
    expect(await again.run(inputs, steps)).toEqual(results)
    first.setState(start)
    expect(await first.run(inputs, steps)).toEqual(results)
  })

  it('agrees with the float64 reference', async () => {
    const program = await ready()
    const exact = await compile(descent, { runtime: referenceRuntime })
    exact.setState(start)
    exact.setShared({ target: [0.5, 0.5, 0.5, -0.5, -0.5, -0.5] })
    const results = await program.run(inputs, steps)
    const expected = await exact.run(inputs, steps)
    for (const name of ['loss', 'gap'])
      for (const [i, value] of expected[name]!.entries()) expect(results[name]![i]).toBeCloseTo(value, 6)
  })

  it('goes back to a snapshot, as often as wanted', async () => {
    const program = await ready()
    await program.run(inputsOf(0))
    const snapshot = program.snapshot()
    const state = await program.getState()
    const after = await program.run(inputsOf(1))
    for (let time = 0; time < 2; time++) {
      program.restore(snapshot)
      expect(await program.getState()).toEqual(state)
      expect(await program.run(inputsOf(1))).toEqual(after)
    }
  })

  it('gives a copy of its state, which may be changed', async () => {
    const program = await ready()
    const state = await program.getState()
    state['parameters']!['w']!.fill(7)
    expect((await program.getState())['parameters']!['w']![0]).toBeCloseTo(0.1)
  })

  it('gives some groups of its state alone', async () => {
    const program = await ready()
    await program.run(inputsOf(0))
    const { momentum } = await program.getState()
    expect(await program.getState(['momentum'])).toEqual({ momentum })
  })

  it('runs calls made at the same time one after the other', async () => {
    const one = await ready()
    const together = await one.run(inputs, steps)
    const other = await ready()
    const results = await Promise.all(Array.from({ length: steps }, (_, step) => other.run(inputsOf(step))))
    for (const [step, { loss }] of results.entries()) expect(loss![0]).toBe(together['loss']![step])
    expect(await other.getState()).toEqual(await one.getState())
  })

  it('refuses to have its state changed under a run, and goes on after a run that failed', async () => {
    const program = await ready()
    const run = program.run(inputsOf(0))
    expect(() => program.setState(start)).toThrow('The program "descent" is running; setState has to wait.')
    expect(() => program.setShared({ target: [] })).toThrow('setShared has to wait')
    await run
    const before = await program.getState()
    await expect(program.run({})).rejects.toThrow('noise')
    expect(await program.getState()).toEqual(before)
    await program.run(inputsOf(1))
  })
})

describe('programs of other kinds', () => {
  it('may give back inputs, state, constants, and one tensor under several names', async () => {
    const spec: ProgramSpec = {
      name: 'same',
      state: { s: { a: float(2), b: float(2) } },
      inputs: { x: float(2) },
      shared: { c: float(2) },
      step: ({ state, inputs: { x }, shared: { c } }) => {
        const { a, b } = state['s'] as { a: Tensor; b: Tensor }
        const y = f.add(x!, c!)
        return {
          state: { s: { a: b, b: a } },
          outputs: { x2: x!, a, c2: c!, two: f.constant({ shape: [2], data: [2, 3] }), y, again: y },
        }
      },
    }
    for (const loop of [true, false]) {
      const program = await compile(spec, { runtime, loop })
      program.setState({ s: { a: [1, 2], b: [3, 4] } })
      program.setShared({ c: [10, 20] })
      const results = await program.run({ x: Float32Array.of(5, 6) })
      const plain = Object.fromEntries(
        Object.entries(results).map(([name, data]) => [name, Array.from(data)]),
      )
      expect(plain).toEqual({
        x2: [5, 6],
        a: [1, 2],
        c2: [10, 20],
        two: [2, 3],
        y: [15, 26],
        again: [15, 26],
      })
      const { s } = await program.getState()
      expect([Array.from(s!['a']!), Array.from(s!['b']!)]).toEqual([
        [3, 4],
        [1, 2],
      ])
    }
  })

  it.each([true, false])('may have neither inputs nor state (loop: %s)', async (loop) => {
    const program = await compile(
      { name: 'bare', step: () => ({ outputs: { y: f.constant(3) } }) },
      { runtime, loop },
    )
    expect(Array.from((await program.run())['y']!)).toEqual([3])
    if (loop) expect(Array.from((await program.run({}, 3))['y']!)).toEqual([3, 3, 3])
  })

  it('may have state only', async () => {
    const program = await compile(
      {
        name: 'count',
        state: { n: { total: float() } },
        step: ({ state }) => ({ state: { n: { total: f.add(state['n']!['total']!, 1) } } }),
      },
      { runtime },
    )
    program.setState({ n: { total: [0] } })
    await program.run({}, 1000)
    expect(Array.from((await program.getState())['n']!['total']!)).toEqual([1000])
  })

  it.each([true, false])('take and give int32 and bool (loop: %s)', async (loop) => {
    const program = await compile(
      {
        name: 'types',
        state: { s: { seen: { shape: [3], dtype: 'int32' }, any: { shape: [3], dtype: 'bool' } } },
        inputs: { index: { shape: [2], dtype: 'int32' }, on: { shape: [3], dtype: 'bool' } },
        step: ({ state, inputs: { index, on } }) => {
          const { seen, any } = state['s'] as { seen: Tensor; any: Tensor }
          const any2 = f.or(any, on!)
          const next = { seen: f.add(seen, f.cast(on!, 'int32')), any: any2 }
          return { state: { s: next }, outputs: { picked: f.gather(next.seen, index!), any2 } }
        },
      },
      { runtime, loop },
    )
    program.setState({ s: { seen: [10, 20, 30], any: [0, 0, 1] } })
    const { picked, any2 } = await program.run({ index: Int32Array.of(2, 0), on: Uint8Array.of(1, 0, 1) })
    expect(picked).toEqual(Int32Array.of(31, 11))
    expect(Array.from(any2!)).toEqual([1, 0, 1])
  })
})

describe('mistakes are told:', () => {
  const bare = (spec: Partial<ProgramSpec>): Promise<Program> =>
    compile({ name: 'wrong', step: () => ({}), ...spec }, { runtime: referenceRuntime })
  const stray = f.input('stray', float(2))

  const whileTracing: [string, Partial<ProgramSpec>, string][] = [
    [
      'a symbol that is no input',
      { step: () => ({ outputs: { y: stray } }) },
      'wrong uses the symbol "stray"',
    ],
    [
      'new state of another shape',
      { state: { p: { w: float(2) } }, step: () => ({ state: { p: { w: f.constant(1) } } }) },
      'state p/w is float32[2], its new value float32[]',
    ],
    [
      'new state under a name that does not exist',
      { state: { p: { w: float(2) } }, step: ({ state }) => ({ state: { p: { v: state['p']!['w']! } } }) },
      'new value for the state p/v, which it does not have',
    ],
    ['a group with a slash', { state: { 'a/b': { w: float(2) } } }, 'the state group "a/b" has a /'],
    [
      'an output with an input’s name',
      { inputs: { x: float(2) }, step: ({ inputs: { x } }) => ({ outputs: { x: f.sin(x!) } }) },
      'the name "x" is taken twice',
    ],
    ['the name of the number of steps', { inputs: { steps: float() } }, 'the name "steps" is taken twice'],
    ['names of the library’s own', { inputs: { '%x': float() } }, '"%x" cannot be a name'],
  ]
  it.each(whileTracing)('%s', async (_what, spec, message) => {
    await expect(bare(spec)).rejects.toThrow(message)
  })

  it('running without state or shared inputs, with wrong sizes, with no steps', async () => {
    const program = await compile(descent, { runtime })
    await expect(program.run(inputsOf(0))).rejects.toThrow('has no state yet')
    expect(() => program.setState({ parameters: { w: [1] } })).toThrow(
      'needs float32[2, 3] for "parameters/w", but got 1 values',
    )
    expect(() => program.setState({ parameters: start.parameters })).toThrow(
      '"momentum/w", but got no values',
    )
    program.setState(start)
    await expect(program.run(inputsOf(0))).rejects.toThrow('has no shared inputs yet')
    expect(() => program.setShared({})).toThrow('float32[2, 3] for "target", but got no values')
    program.setShared({ target: new Float32Array(6) })
    await expect(program.run(inputsOf(0), 2)).rejects.toThrow(
      '2 × float32[2, 3] for input "noise", but got 6',
    )
    await expect(program.run(inputs, 0)).rejects.toThrow('cannot run 0 steps')
    await expect(program.run(inputs, 1.5)).rejects.toThrow('cannot run 1.5 steps')
  })

  it('many steps without a loop, and a snapshot of another program', async () => {
    const program = await ready({ loop: false })
    await expect(program.run(inputs, 5)).rejects.toThrow('runs one step a call; 5 were asked for')
    const other = await compile({ name: 'other', step: () => ({}) }, { runtime: referenceRuntime })
    expect(() => program.restore(other.snapshot())).toThrow('was never in the state of this snapshot')
  })
})
