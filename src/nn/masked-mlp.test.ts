import { describe, expect, test } from 'vitest'
import { RandomStream } from '../base/index.ts'
import * as f from '../engine/index.ts'
import { type MaskedMlpOptions, maskedMlp } from './masked-mlp.ts'
import { startValues } from './parameter.ts'

const cases: readonly (MaskedMlpOptions & { readonly why: string })[] = [
  { why: 'as usual', columns: 5, outputs: 3, width: 16, layers: 2 },
  { why: 'two columns, one layer', columns: 2, outputs: 2, width: 7, layers: 1 },
  { why: 'more columns than units', columns: 9, outputs: 1, width: 4, layers: 3 },
  { why: 'a width that the degrees do not divide', columns: 4, outputs: 2, width: 10, layers: 2 },
  { why: 'one column', columns: 1, outputs: 4, width: 8, layers: 2 },
  { why: 'conditioned', columns: 4, outputs: 2, width: 10, layers: 2, conditionWidth: 3 },
  { why: 'one column, conditioned', columns: 1, outputs: 4, width: 8, layers: 2, conditionWidth: 1 },
  {
    why: 'conditioned, more columns than units',
    columns: 9,
    outputs: 1,
    width: 4,
    layers: 1,
    conditionWidth: 2,
  },
]
const rows = 3

function normals(name: string, count: number): Float64Array {
  return Float64Array.from(new RandomStream({ seed: 1, name }).normal({ first: 0, count: 1, width: count }))
}

describe.each(cases)('$why: $columns columns, $outputs outputs, $layers × $width', (options) => {
  const { columns, outputs, conditionWidth = 0 } = options
  const network = maskedMlp(options)
  const values = Object.fromEntries(
    Object.entries(network.parameters).map(([name, { shape }]) => [name, normals(name, f.sizeOf(shape))]),
  )
  const run = async (
    of: (p: f.Named<f.Tensor>, x: f.Tensor, condition?: f.Tensor) => f.Tensor,
    x: Float64Array,
    condition = known,
  ): Promise<{ found: f.HostArray; flops: number }> => {
    const program = await f.compile(
      {
        name: 'masked',
        shared: network.parameters,
        inputs: {
          x: { shape: [rows, columns], dtype: 'float32' },
          ...(conditionWidth > 0 ? { k: { shape: [rows, conditionWidth], dtype: 'float32' } } : {}),
        },
        step: ({ shared, inputs }) => ({ outputs: { found: of(shared, inputs['x']!, inputs['k']) } }),
      },
      { runtime: f.referenceRuntime },
    )
    program.setShared(values)
    return {
      found: (await program.run(conditionWidth > 0 ? { x, k: condition } : { x }))['found']!,
      flops: program.cost().flops,
    }
  }
  const x = normals('x', rows * columns)
  const known = normals('known', rows * Math.max(1, conditionWidth))

  test('outputs for column i change with every column before it, and with no other', async () => {
    const { found } = await run(network.apply, x)
    for (let moved = 0; moved < columns; moved++) {
      const { found: other } = await run(
        network.apply,
        x.map((value, i) => (i % columns === moved ? value + 0.5 : value)),
      )
      for (let i = 0; i < found.length; i++) {
        const column = Math.floor(i / outputs) % columns
        if (column > moved) expect(other[i]).not.toBe(found[i])
        else expect(other[i]).toBe(found[i])
      }
    }
  })

  if (conditionWidth > 0)
    test('all outputs change with each number of the condition', async () => {
      const { found } = await run(network.apply, x)
      for (let moved = 0; moved < conditionWidth; moved++) {
        const other = known.map((value, i) => (i % conditionWidth === moved ? value + 0.5 : value))
        const { found: after } = await run(network.apply, x, other)
        found.forEach((value, i) => {
          expect(after[i]).not.toBe(value)
        })
      }
    })

  test('column by column gives what all at once gives, with no more multiplications', async () => {
    const { found: all, flops: once } = await run(network.apply, x)
    const { found, flops } = await run((p, given, condition) => {
      const seen: f.Tensor[] = []
      const next = (result: f.Tensor, column: number): f.Tensor => {
        seen.push(f.expandDims(result, 1))
        return f.reshape(f.slice(given, { axis: 1, start: column, end: column + 1 }), [rows])
      }
      network.unfold(p, rows, next, condition)
      return f.concat(seen, { axis: 1 })
    }, x)
    all.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 12)
    })
    expect(flops).toBeLessThanOrEqual(1.1 * once)
  })
})

test('at first the outputs are what `start` says, whatever the row', async () => {
  const network = maskedMlp({ columns: 3, outputs: 2, width: 8, layers: 2, start: [0.25, -1] })
  const program = await f.compile(
    {
      name: 'start',
      shared: network.parameters,
      inputs: { x: { shape: [2, 3], dtype: 'float32' } },
      step: ({ shared, inputs }) => ({ outputs: { found: network.apply(shared, inputs['x']!) } }),
    },
    { runtime: f.referenceRuntime },
  )
  program.setShared(startValues(network.parameters, 1))
  const { found } = await program.run({ x: normals('x', 6) })
  expect(Array.from(found!)).toEqual(Array.from({ length: 12 }, (_, i) => [0.25, -1][i % 2]))
})
