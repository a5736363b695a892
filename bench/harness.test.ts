import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type BenchContext,
  type Comparison,
  compare,
  formatJson,
  formatLine,
  formatTable,
  judge,
  median,
  ratioToBest,
} from './harness.ts'
import { type Contender, type PeerCommand, peerCommands, startPeers } from './peerProcess.ts'
import { makeMatrices, makeNetwork, meanSquare, uniformStream, workloads } from './peers/workload.mjs'

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true })

describe('judging', () => {
  it('the median splits the values in halves', () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1 }), (values) => {
        const middle = median(values)
        const half = values.length / 2
        return (
          values.filter((value) => value < middle).length <= half &&
          values.filter((value) => value > middle).length <= half
        )
      }),
    )
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(() => median([])).toThrow(RangeError)
  })

  it('a ratio over 1 is better than the best peer, whichever way the unit runs', () => {
    fc.assert(
      fc.property(positive, fc.array(positive, { minLength: 1 }), (ours, peers) => {
        expect(ratioToBest(ours, peers, 'lower')! > 1).toBe(peers.every((peer) => ours < peer))
        expect(ratioToBest(ours, peers, 'higher')! > 1).toBe(peers.every((peer) => ours > peer))
      }),
    )
    expect(ratioToBest(2, [6, 3], 'lower')).toBe(1.5)
    expect(ratioToBest(2, [], 'lower')).toBeNull()
  })

  it('falling short is certain in any field, reaching a ratio only in a complete one', () => {
    expect(judge({ ratio: 1 }, 2, 1.5, true)).toBe(true)
    expect(judge({ ratio: 1 }, 2, 1.5, false)).toBeNull()
    expect(judge({ ratio: 1 }, 2, 0.5, false)).toBe(false)
    expect(judge({ ratio: 1 }, 2, null, false)).toBeNull()
    expect(judge({ atMost: 2 }, 2, null, false)).toBe(true)
    expect(judge({ atLeast: 3 }, 2, null, true)).toBe(false)
    expect(judge(null, 2, 9, true)).toBeNull()
  })
})

/** A contender whose settings take the given seconds, and that records who was asked when. */
function fake(
  name: string,
  seconds: Record<string, number>,
  options: { first?: number; last?: number; caveat?: string } = {},
) {
  const contender: Contender = {
    name,
    version: '1',
    settings: Object.keys(seconds),
    unavailable: {},
    ...(options.caveat === undefined ? {} : { caveat: options.caveat }),
    async round(_workload, setting) {
      asked.push(`${name} ${setting}`)
      return { secondsPerStep: seconds[setting]!, first: options.first ?? 2, last: options.last ?? 1 }
    },
    close() {},
  }
  return contender
}

let asked: string[] = []
afterEach(() => {
  asked = []
})

const comparison: Comparison = {
  name: 'step',
  workload: 'mlp-512',
  unit: 'ms',
  better: 'lower',
  value: (seconds) => seconds * 1000,
  target: { ratio: 1 },
  async ours() {
    asked.push('ours')
    return { secondsPerStep: 0.01, first: 2, last: 1 }
  },
}
const field = (contenders: Contender[], absent: BenchContext['absent'] = []): BenchContext => ({
  rounds: 3,
  seconds: 0.01,
  contenders,
  absent,
})

describe('comparing', () => {
  it('alternates ours and the two fastest settings, and quotes the best', async () => {
    const result = await compare(comparison, field([fake('p', { slow: 0.09, good: 0.03, best: 0.02 })]))
    expect(result).toMatchObject({ ours: 10, peers: { p: 20 }, ratio: 2, met: true, note: 'p 1: best' })
    const oursFirst = ['ours', 'p best', 'ours', 'p good']
    const peerFirst = ['p best', 'ours', 'p good', 'ours']
    expect(asked.slice(4)).toEqual([...oursFirst, ...peerFirst, ...oursFirst])
  })

  it('does not count a peer that computes something else', async () => {
    const result = await compare(comparison, field([fake('p', { only: 0.02 }, { last: 1.01 })]))
    expect(result).toMatchObject({ peers: {}, ratio: null, met: null })
    expect(result.note).toBe('p absent: it computes something else (only): 1.01, ours 1')
    const notANumber = await compare(comparison, field([fake('p', { only: 0.02 }, { last: Number.NaN })]))
    expect(notANumber.peers).toEqual({})
    const fromElsewhere = await compare(comparison, field([fake('p', { only: 0.02 }, { first: 2.001 })]))
    expect(fromElsewhere.note).toBe('p absent: it computes something else (only): 2.001, ours 2')
  })

  it('claims no victory over a crippled or an incomplete field, but admits a defeat', async () => {
    const caveat = 'untuned'
    const unfair = await compare(comparison, field([fake('p', { only: 0.02 }, { caveat })]))
    expect(unfair).toMatchObject({ ratio: 2, met: null, note: 'p 1: only; untuned' })
    const missing = await compare(
      comparison,
      field([fake('p', { only: 0.02 })], [{ name: 'q', reason: 'not installed' }]),
    )
    expect(missing).toMatchObject({ ratio: 2, met: null, note: 'p 1: only; q absent: not installed' })
    const beaten = await compare(comparison, field([fake('p', { only: 0.005 }, { caveat })]))
    expect(beaten).toMatchObject({ ratio: 0.5, met: false })
  })

  it('drops a peer that dies on the way and still measures the rest', async () => {
    const dying = fake('dying', { only: 0.001 })
    let left = 2
    const round = dying.round.bind(dying)
    const contender: Contender = {
      ...dying,
      round: (...request) => (left-- > 0 ? round(...request) : Promise.reject(new Error('gone'))),
    }
    const result = await compare(comparison, field([contender, fake('p', { only: 0.02 })]))
    expect(result).toMatchObject({ peers: { p: 20 }, met: null })
    expect(result.note).toContain('dying absent: gone')
  })

  it('prints a table and JSON lines that read back', async () => {
    const result = await compare(comparison, field([fake('p', { only: 0.02 })]))
    expect(formatTable([result])).toBe(
      '      unit  ours   p  ratio     target  met\nstep  ms      10  20      2  ratio ≥ 1  yes\nstep: p 1: only\n',
    )
    expect(formatLine(result)).toBe('  step: 10 ms, p 20; ratio 2; met (p 1: only)\n')
    const lines = formatJson([result, result]).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([result, result])
  })
})

describe('peer processes', () => {
  const inNode = (name: string, script: string, commands = [process.execPath]): PeerCommand => ({
    name,
    commands,
    arguments: ['-e', script],
    probe: ['--version'],
  })
  const echo = `
    console.log('a library says hello')
    console.log(JSON.stringify({ peer: 'p', version: 7, settings: ['s'], unavailable: { t: 'no' }, caveat: 'slow' }))
    require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { workload, setting, seconds } = JSON.parse(line)
      if (workload === 'hang') return
      if (workload === 'crash') throw new TypeError('broken inside')
      console.log(JSON.stringify(workload === 'fail' ? { error: 'cannot' } : { setting, secondsPerStep: seconds, first: 4, last: 3 }))
    })`
  const timeouts = { start: 10_000, round: 300 }

  it('answers rounds, skips chatter, and tells what went wrong', async () => {
    const { contenders, absent } = await startPeers(
      [inNode('p', echo, ['/no/such/program', process.execPath])],
      timeouts,
    )
    expect(absent).toEqual([])
    const [peer] = contenders
    expect(peer).toMatchObject({ version: '7', settings: ['s'], unavailable: { t: 'no' }, caveat: 'slow' })
    expect(await peer!.round('w', 's', 0.5)).toEqual({ secondsPerStep: 0.5, first: 4, last: 3 })
    await expect(peer!.round('fail', 's', 0.1)).rejects.toThrow('cannot')
    await expect(peer!.round('crash', 's', 0.1)).rejects.toThrow('TypeError: broken inside')
    await expect(peer!.round('w', 's', 0.1)).rejects.toThrow('TypeError: broken inside')
    peer!.close()
  })

  it('gives up on a peer that does not answer', async () => {
    const { contenders } = await startPeers([inNode('p', echo)], timeouts)
    await expect(contenders[0]!.round('hang', 's', 0)).rejects.toThrow('no answer within 0 s')
    contenders[0]!.close()
  })

  it('reports a peer that cannot start, with the reason', async () => {
    const { contenders, absent } = await startPeers(
      [
        inNode('a', '', ['/no/such/program']),
        inNode('b', "import('no-such-package')"),
        inNode('c', 'process.exit(3)'),
        inNode('d', 'console.log(\'{"settings": [], "unavailable": {"x": "no browser"}}\')'),
      ],
      timeouts,
    )
    expect(contenders).toEqual([])
    const reasons = Object.fromEntries(absent.map(({ name, reason }) => [name, reason]))
    expect(reasons['a']).toContain('ENOENT')
    expect(reasons['b']).toContain('run npm ci in bench/peers')
    expect(reasons['c']).toBe('it ended with exit code 3')
    expect(reasons['d']).toBe('x: no browser')
  })

  it('names each peer once', () => {
    expect(peerCommands('/f').map(({ name }) => name)).toEqual(['torch', 'jax-js', 'tfjs'])
  })
})

describe('workloads', () => {
  it('the stream is the generator written in README.md', () => {
    const next = uniformStream()
    const states = [1664525n + 1013904223n]
    for (let i = 1; i < 5; i++) states.push((1664525n * states.at(-1)! + 1013904223n) % 2n ** 32n)
    for (const state of states) expect(next()).toBe((2 * Number(state)) / 2 ** 32 - 1)
  })

  it('the target is the product of neighbours, and shapes are as declared', () => {
    const workload = workloads.find((candidate) => candidate.kind === 'mlp')!
    const { layers, x, y } = makeNetwork(workload)
    expect(layers.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
      [64, 512],
      [512, 512],
      [512, 512],
      [512, 64],
    ])
    expect(x.length).toBe(256 * 64)
    for (const [row, column] of [
      [0, 0],
      [0, 63],
      [7, 12],
      [255, 63],
    ] as const) {
      expect(y[row * 64 + column]).toBe(
        Math.fround(x[row * 64 + column]! * x[row * 64 + ((column + 1) % 64)]!),
      )
    }
    expect(meanSquare(x)).toBeGreaterThan(0.95) // Variance 1, from 16384 draws.
    expect(meanSquare(x)).toBeLessThan(1.05)
  })

  it('two matrices are drawn one after the other', () => {
    const { a, b } = makeMatrices({ name: 'small', kind: 'matmul', size: 2 })
    const next = uniformStream()
    expect([...a, ...b]).toEqual(Array.from({ length: 8 }, () => Math.fround(next())))
  })
})
