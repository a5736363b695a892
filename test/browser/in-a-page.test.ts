import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { document, snippetsOf } from '../documents.ts'
import { root } from './bundle.ts'
import { chromiumAvailable, type OpenPage, openPage } from './harness.ts'

let page: OpenPage | undefined
let folder: string | undefined

/** Runs the program of the page in a document that has what it looks for; then drops a picture, and says what is to be seen. */
const around = `
import { configureWeb } from 'scorefield'

Object.assign(globalThis, {
  tasks: {
    run: async (file: number[]) => {
      document.body.innerHTML = '<div id="drop"></div><progress></progress><canvas></canvas>'
      configureWeb({ wasmPaths: '/onnxruntime/', threads: 1 })
      await import('./program.ts')
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File([Uint8Array.from(file)], 'cut.png'))
      const canvas = new OffscreenCanvas(40, 30)
      canvas.getContext('2d')!.fillRect(0, 0, 20, 30)
      dataTransfer.items.add(new File([await canvas.convertToBlob()], 'half.png'))
      const room = document.querySelector('#drop')!
      room.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }))
      while (room.textContent === '') await new Promise((soon) => setTimeout(soon, 50))
      const shown = document.querySelector('canvas')!
      const { data } = shown.getContext('2d')!.getImageData(0, 0, shown.width, shown.height)
      return {
        size: [shown.width, shown.height],
        greys: new Set(data).size,
        done: document.querySelector('progress')!.value,
        told: room.textContent,
      }
    },
  },
})
`

beforeAll(async () => {
  if (!chromiumAvailable()) return
  // Below the root, so that the names of the package are those of the sources.
  folder = mkdtempSync(join(root, '.in-a-page-'))
  const [program] = snippetsOf(document('docs/in-a-page.md'))
  writeFileSync(join(folder, 'program.ts'), program!.text)
  writeFileSync(join(folder, 'around.ts'), around)
  page = await openPage(join(folder, 'around.ts'), { webgpu: false })
}, 120_000)
afterAll(async () => {
  await page?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

it('docs/in-a-page.md is one program that learns and draws in a page', async ({ skip }) => {
  if (!page) return skip('not on this machine; the warning printed says what is missing')
  const found = await page.call<{ size: number[]; greys: number; done: number; told: string }>(
    'run',
    [137, 80],
  )
  expect(found.size).toEqual([48, 8])
  expect(found.greys).toBeGreaterThan(8)
  expect(found.done).toBe(1)
  expect(found.told).toMatch(/^1 pictures; .*cut\.png$/)
}, 120_000)
