import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadKernel } from './kernel.ts'
import { kernelBase64 } from './kernel.wasm.ts'

describe('kernel', () => {
  it('is what its source compiles to', async () => {
    const script = fileURLToPath(new URL('../../../scripts/build-random-kernel.mjs', import.meta.url))
    await promisify(execFile)(process.execPath, [script, '--check'])
  }, 60_000)

  it('is below the 4 KB that browsers compile on the main thread, and imports nothing', () => {
    const bytes = Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0))
    expect(bytes.length).toBeLessThan(4096)
    expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([])
  })
})

describe('uniform', () => {
  it('maps the smallest and the largest words into the open interval', () => {
    const kernel = loadKernel()
    kernel.words.set([0, 0x1ff, 0x200, 0x7fffffff, 0x80000000, 0xfffffdff, 0xfffffe00, 0xffffffff])
    kernel.run.uniform(1)
    const half = 2 ** -24
    expect([...kernel.floats.slice(0, 8)]).toEqual([
      half,
      half,
      3 * half,
      0.5 - half,
      0.5 + half,
      1 - 3 * half,
      1 - half,
      1 - half,
    ])
  })

  it('does so in float64', () => {
    const kernel = loadKernel()
    const all = 0xffffffff
    kernel.words.set([0, 0, 0xfff, 0, 0x1000, 0, 0, 0x80000000, all, 0x7fffffff, all, all])
    kernel.run.uniform64(1)
    const half = 2 ** -53
    const expected = [half, half, 3 * half, 0.5 + half, 0.5 - half, 1 - half]
    expect([...kernel.doubles.slice(0, 6)]).toEqual(expected)
  })
})
