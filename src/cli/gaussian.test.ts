import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../base/index.ts'
import { cells, succeeded, temporaryFolder } from './command-line.test-helper.ts'

/** A Gaussian whose columns differ in scale by 10⁵: only with the encoding's Jacobian is the density right. */
const mean = [5000, 0.3] as const
const std = [1000, 0.01] as const
const correlation = 0.6

function draw(seed: number, count: number): [number, number][] {
  const z = new RandomStream({ seed, name: 'gaussian test' }).normal({ first: 0, count, width: 2 })
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [z[2 * i]!, correlation * z[2 * i]! + Math.sqrt(1 - correlation ** 2) * z[2 * i + 1]!]
    return [mean[0] + std[0] * a, mean[1] + std[1] * b]
  })
}

/** ln N(x; μ, Σ) with Σ of these standard deviations and correlation. */
function exactLogDensity([x, y]: readonly [number, number]): number {
  const [a, b] = [(x - mean[0]) / std[0], (y - mean[1]) / std[1]]
  const rest = 1 - correlation ** 2
  const square = (a * a - 2 * correlation * a * b + b * b) / rest
  return -square / 2 - Math.log(2 * Math.PI * std[0] * std[1] * Math.sqrt(rest))
}

const folder = temporaryFolder()
const fresh = draw(2, 200)
let logDensity: number[]
let percentile: number[]

function write(name: string, rows: [number, number][]): string {
  const path = join(folder, name)
  writeFileSync(path, `large,small\n${rows.map((row) => row.join(',')).join('\n')}\n`)
  return path
}

beforeAll(async () => {
  const run = join(folder, 'run')
  const size = ['width=48', 'blocks=2', 'embedding=16'].flatMap((value) => ['--set', `model.size.${value}`])
  const training = ['--steps', '800', '--batch-size', '256', '--no-pictures', '--quiet']
  await succeeded('train', write('train.csv', draw(1, 4000)), '--out', run, ...size, ...training)
  await succeeded('score', run, write('fresh.csv', fresh), '-o', join(folder, 'scores.csv'), '--quiet')
  const [, ...rows] = cells(readFileSync(join(folder, 'scores.csv'), 'utf8'))
  logDensity = rows.map((row) => Number(row[1]))
  percentile = rows.map((row) => Number(row[4]))
})

describe('score, of a table drawn from a known Gaussian', () => {
  it('is its log-density in the units of the data', () => {
    const differences = fresh.map((row, i) => logDensity[i]! - exactLogDensity(row))
    const bias = differences.reduce((total, value) => total + value, 0) / differences.length
    expect(Math.abs(bias)).toBeLessThan(0.05)
    const spread = Math.sqrt(
      differences.reduce((total, value) => total + (value - bias) ** 2, 0) / differences.length,
    )
    expect(spread).toBeLessThan(0.15)
  })

  it('gives percentiles that are uniform on rows of the same distribution', () => {
    const sorted = percentile.map((value) => value / 100).sort((a, b) => a - b)
    const distance = Math.max(
      ...sorted.map((value, i) =>
        Math.max(Math.abs(value - i / sorted.length), Math.abs(value - (i + 1) / sorted.length)),
      ),
    )
    // Kolmogorov–Smirnov, 200 rows against 512 of training, at the level of one in a thousand.
    expect(distance).toBeLessThan(1.95 * Math.sqrt(1 / 200 + 1 / 512))
  })
})
