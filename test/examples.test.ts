import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ran, root } from './browser/bundle.ts'

const folder = join(root, 'examples')
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))

/** What each example must print. */
const expected: Readonly<Record<string, (lines: readonly string[]) => void>> = {
  'two-moons.ts': (lines) => {
    expect(lines.slice(0, 3).map((line) => line.replace(/loss .*/, ''))).toEqual([
      'step 200: ',
      'step 400: ',
      'step 600: ',
    ])
    const [learned, exact] = lines.slice(3).map((line) => Number(/(-?[\d.]+) nats/.exec(line)![1]))
    // A short run of a small network; wrong units or a lost term would be off by more.
    expect(Math.abs(learned! - exact!)).toBeLessThan(2)
  },
  'digits.ts': (lines) => {
    expect(lines.map((line) => line.slice(0, 3))).toEqual(
      ['0', '1', '3', '6', '7'].flatMap((digit) => new Array(8).fill(`${digit}: `)),
    )
    /** Ink in the middle four pixels of a picture less that of the whole, in shades, mean of three pictures. */
    const middle = (digit: string): number => {
      const ink = lines
        .filter((line) => line.startsWith(digit))
        .flatMap((line) =>
          line
            .slice(3)
            .padEnd(30)
            .split(/(?<=^.{8}|^.{19}) {3}/),
        )
        .map((part) => Array.from(part, (shade) => ' .:-=+*#%@'.indexOf(shade)))
      const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length
      const inner = ink.filter((_, i) => [3, 4].includes(Math.floor(i / 3))).flatMap((row) => row.slice(3, 5))
      return mean(inner) - mean(ink.flat())
    }
    // A zero is empty in the middle, a one is not.
    expect(middle('0')).toBeLessThan(middle('1') - 1)
  },
  'odd-rows.ts': (lines) => {
    const [usual, odd] = lines.map((line) => Number(/log-density (-?[\d.]+)/.exec(line)![1]))
    const pull = lines.map((line) => Number(/energy (-?[\d.]+)$/.exec(line)![1]))
    expect(usual!).toBeGreaterThan(-4)
    // Of rows like no other, training says that they are about e⁻⁶ times as likely as rows near them (strays), never more.
    expect(odd!).toBeLessThan(-8)
    expect(pull[1]!).toBeLessThan(-3) // back to less heating
  },
  'known-score.ts': (lines) => {
    const errors = lines.map((line) => Number(/error ([\d.]+) %/.exec(line)![1]))
    expect(errors).toHaveLength(4)
    for (const error of errors) expect(error).toBeLessThan(8)
  },
  'tensor-compiler.ts': (lines) => {
    const values = (name: string): number[] =>
      lines
        .find((line) => line.startsWith(`${name} = `))!
        .slice(name.length + 3)
        .split(',')
        .map(Number)
    const w = [0.5, -1, 0.25, 2] as const
    const points = [
      [0, 0],
      [1, -1],
      [0.5, 2],
    ] as const
    const closed = points.map(([a, b]) => {
      const y = [Math.tanh(a * w[0] + b * w[2]), Math.tanh(a * w[1] + b * w[3])] as const
      const inner = y.map((v) => 2 * v * (1 - v * v)) as [number, number]
      return {
        trace: w[0] * (1 - y[0] ** 2) + w[3] * (1 - y[1] ** 2),
        gradient: [inner[0] * w[0] + inner[1] * w[1], inner[0] * w[2] + inner[1] * w[3]],
      }
    })
    values('trace').forEach((value, row) => {
      expect(value).toBeCloseTo(closed[row]!.trace, 2)
    })
    values('gradient').forEach((value, i) => {
      expect(value).toBeCloseTo(closed.flatMap(({ gradient }) => gradient)[i]!, 2)
    })
    // The tangent is computed once, for the energy, the gradient and the trace.
    expect(lines.filter((line) => line.includes('= tanh('))).toHaveLength(1)
  },
}

it('knows what every example prints', () => {
  expect(files.sort()).toEqual(Object.keys(expected).sort())
})

describe.each(files)('%s', (file) => {
  it('fits on a page', () => {
    const lines = readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(35)
    expect(lines[0]).toMatch(/^\/\/ [A-Z].*[.:?]/)
  })

  it('runs, and prints what it should', async () => {
    const { status, stdout, stderr } = await ran(join(folder, file))
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expected[file]!(stdout.trimEnd().split('\n'))
  }, 180_000)
})
