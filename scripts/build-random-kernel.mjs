// Compiles src/base/random/kernel.as.ts to src/base/random/kernel.wasm.ts.
// With --check it writes nothing, and fails if the committed bytes are not what the source compiles to.
import { readFileSync, writeFileSync } from 'node:fs'
import { compileString } from 'assemblyscript/asc'

const source = new URL('../src/base/random/kernel.as.ts', import.meta.url)
const target = new URL('../src/base/random/kernel.wasm.ts', import.meta.url)

const { error, stderr, binary } = await compileString(readFileSync(source, 'utf8'), {
  runtime: 'stub',
  enable: ['simd'],
  optimizeLevel: 3,
  shrinkLevel: 0,
  converge: true,
  noAssert: true,
  initialMemory: 2,
  maximumMemory: 2,
})
if (error) {
  process.stderr.write(`${stderr}`)
  throw error
}

const text = `// Generated from kernel.as.ts by scripts/build-random-kernel.mjs: ${binary.length} bytes of WebAssembly.
export const kernelBase64: string =
  '${Buffer.from(binary).toString('base64')}'
`
if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write(
    'kernel.wasm.ts is not what kernel.as.ts compiles to: run node scripts/build-random-kernel.mjs\n',
  )
  process.exitCode = 1
}
