import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ran, root } from './browser/bundle.ts'
import { document, snippetsOf } from './documents.ts'

it('docs/library.md is one program, and it says what the page says', async () => {
  const [program] = snippetsOf(document('docs/library.md'))
  // Below the root, so that the names of the package are those of the sources.
  const folder = mkdtempSync(join(root, '.library-page-'))
  try {
    const entry = join(folder, 'program.ts')
    writeFileSync(entry, program!.text)
    const { status, stdout, stderr } = await ran(entry)
    expect(stderr).toBe('')
    expect(status).toBe(0)
    const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1])
    const [usual, odd] = /log-density: (-?[\d.]+) and (-?[\d.]+) nats/.exec(stdout)!.slice(1).map(Number)
    expect(usual! - odd!).toBeGreaterThan(1)
    expect(number(/second weight up: (-?[\d.]+)/)).toBeGreaterThan(0)
    expect(Math.abs(number(/mean height: (\d+) cm/) - 176)).toBeLessThan(4)
    expect(number(/taller than (\d+) cm/)).toBeGreaterThan(164)
    expect(stdout).toContain('told: rowing at 185 cm')
    expect(stdout).toContain('the same row: true')
    expect(stdout).toContain('400 steps in all, and 100 of its own')
    expect(stdout).toContain('stopped: enough')
    expect(stdout).toContain('own:my-network: 100 steps')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
