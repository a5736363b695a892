import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apiReference, undocumented } from './api-reference.ts'
import { root } from './browser/bundle.ts'

const pages = apiReference()
const folder = join(root, 'docs/api')
if (process.env['UPDATE_API']) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of pages) writeFileSync(join(root, path), text)
}

describe('API reference', () => {
  it.each([...pages])('%s is what the docstrings say; UPDATE_API=1 writes it anew', (path, text) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text)
  })

  it('has no page of an entry that is gone', () => {
    const paths = readdirSync(folder).map((name) => `docs/api/${name}`)
    expect(paths.sort()).toEqual([...pages.keys()].sort())
  })

  it('leaves no public name without a docstring', () => {
    expect(undocumented()).toEqual([])
  })
})
