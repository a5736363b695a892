import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Claim, nameOf, proven } from '../examples/claims/claim.ts'
import { claims } from '../examples/claims/index.ts'
import { sectionOf } from '../examples/claims/page.ts'
import { root } from './browser/bundle.ts'
import { document } from './documents.ts'

const given = { small: true, seed: 0, data: join(root, '../shared/data'), python: undefined }
const page = document('docs/claims.md')

describe.each(claims.map((claim) => [nameOf(claim), claim] as const))('claim %s', (name, claim) => {
  const missing = claim.missing?.(given)

  it.skipIf(missing)(
    'holds in its small form, and says what was measured',
    async () => {
      const found = await proven(claim, given)
      expect(found.checks.every(({ measured }) => Number.isFinite(measured))).toBe(true)
      const section = sectionOf(claim, found, 1)
      expect(section).not.toMatch(/NaN|undefined|Infinity/)
      for (const { columns, rows } of found.tables)
        for (const row of rows) expect(row).toHaveLength(columns.length)
    },
    120_000,
  )

  it('is told on the page, with its sentence, its pictures and its file', () => {
    const section = page.text.split(/^(?=## )/m).find((text) => text.startsWith(`## ${claim.number}. `))
    expect(section).toContain(`## ${claim.number}. ${claim.title}`)
    expect(section).toContain(`> ${claim.claim}`)
    expect(section).toContain(claim.limits)
    expect(readdirSync(join(root, 'examples/claims'))).toContain(`${name}.ts`)
    const pictures = [...section!.matchAll(/\]\((images\/[^)]+)\)/g)].map((match) => match[1]!)
    expect(pictures.length).toBeGreaterThan(0)
    for (const picture of pictures) {
      expect(existsSync(join(root, 'docs', picture)), picture).toBe(true)
      expect(statSync(join(root, 'docs', picture)).size, picture).toBeLessThan(100_000)
    }
  })
})

it('has a number for each claim, from 1 on, and a file of that number alone', () => {
  const files = readdirSync(join(root, 'examples/claims')).filter((file) => /^\d/.test(file))
  expect(claims.map((claim) => `${nameOf(claim)}.ts`)).toEqual(files.sort())
  for (const file of files)
    expect(readFileSync(join(root, 'examples/claims', file), 'utf8')).toMatch(/^\/\/ Claim \d+: .*\.\n/)
})

it('fails with the figure where what is measured is out of its bounds, is no number, or nothing is checked', async () => {
  const measuring = (checks: Awaited<ReturnType<Claim['run']>>['checks']) =>
    proven(
      { ...claims[0]!, run: async () => ({ checks, tables: [], pictures: [], verdict: 'Measured.' }) },
      given,
    )
  await expect(measuring([{ what: 'share', measured: 0.7, atMost: 0.5 }])).rejects.toThrow(
    'share: 0.7, not at most 0.5',
  )
  await expect(measuring([{ what: 'share', measured: 0.3, atLeast: 0.5 }])).rejects.toThrow(
    '0.3, not at least 0.5',
  )
  await expect(measuring([{ what: 'share', measured: Number.NaN }])).rejects.toThrow('share: NaN')
  await expect(measuring([])).rejects.toThrow('checks nothing')
  await expect(measuring([{ what: 'share', measured: 0.5, atMost: 0.5 }])).resolves.toBeDefined()
})
