import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Comparison } from '../run/node.ts'
import { scorefield } from './command-line.test-helper.ts'

const folder = mkdtempSync(join(tmpdir(), 'scorefield compare '))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const out = join(folder, 'moons')
const command = [
  ...['compare', 'toy:two-moons', '--families', 'autoregressive,generative-adversarial', '--seeds', '2'],
  ...['--set', 'training.steps=20', '--set', 'training.batchSize=64', '--threads', '1', '--out', out],
]

describe('compare', () => {
  it('trains each family with each seed, and measures all by the same rows', async () => {
    const { code, out: printed, err } = await scorefield(...command)
    expect(code, err).toBe(0)
    const comparison = JSON.parse(readFileSync(join(out, 'compare.json'), 'utf8')) as Comparison
    expect(comparison.contestants.map(({ family, seed }) => `${family} ${seed}`).sort()).toEqual([
      'autoregressive 0',
      'autoregressive 1',
      'generative-adversarial 0',
      'generative-adversarial 1',
    ])
    for (const it of comparison.contestants) {
      expect(it.error).toBeUndefined()
      expect(it.steps).toBe(20)
      expect(it.likelihood!.kind).toBe(it.family === 'autoregressive' ? 'exact' : 'none')
      expect(it.likelihood!.value === undefined).toBe(it.likelihood!.kind === 'none')
      expect(it.classifier!.value).toBeGreaterThan(0.4)
    }
    expect(printed).toMatch(/generative-adversarial +cannot/)
    const page = readFileSync(join(out, 'compare.html'), 'utf8')
    expect(page).toContain('Families of models on two-moons')
    expect(page.match(/data:image\/svg/g)).toHaveLength(2)
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  }, 120_000)

  it('goes on with what is done, and trains nothing again', async () => {
    const weights = join(out, 'autoregressive-0', 'metrics.jsonl')
    const before = statSync(weights).mtimeMs
    const { code, err } = await scorefield(...command)
    expect(code, err).toBe(0)
    expect(statSync(weights).mtimeMs).toBe(before)
  }, 120_000)

  it('refuses a family that there is not, with the nearest name', async () => {
    const { code, err } = await scorefield(
      'compare',
      'toy:two-moons',
      '--families',
      'autoregresive',
      '--out',
      join(folder, 'x'),
    )
    expect(code).toBe(2)
    expect(err).toContain('Did you mean "autoregressive"?')
  })
})
