import { ScorefieldError } from '../../base/index.ts'
import { loadOnDevice } from './device.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { loadOnHost, type OnnxRuntimeModule } from './onnx.ts'
import type { Runtime } from './runtime.ts'
import { Transfer } from './transfer.ts'

/** Where the page serves onnxruntime-web's .wasm and .mjs files, and how many threads may run. */
export interface WebRuntimeOptions {
  /** Folder's URL; without it the files are looked for beside the bundle. */
  readonly wasmPaths?: string
  /** More than one needs a cross-origin-isolated page (COOP and COEP headers). */
  readonly threads?: number
}

interface WebModule extends OnnxRuntimeModule {
  readonly env: { wasm: { wasmPaths?: string; numThreads?: number } }
}

let settings: WebRuntimeOptions = {}
let gpu: Transfer | undefined

/** Sets where onnxruntime-web's files are, for the page's default runtime too. Call it before the first program. */
export function configureWeb(options: WebRuntimeOptions): void {
  settings = { ...settings, ...options }
}

function configured(module: unknown, options: WebRuntimeOptions): WebModule {
  const ort = module as WebModule
  const { wasmPaths, threads } = { ...settings, ...options }
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths
  if (threads !== undefined) ort.env.wasm.numThreads = threads
  return ort
}

/** ONNX Runtime as WebAssembly, in a page. */
export function webWasm(options: WebRuntimeOptions = {}): Runtime {
  return {
    name: 'web/wasm',
    summary: 'ONNX Runtime as WebAssembly, in a page',
    load: async (program, { loop }) => {
      const ort = configured(await import('onnxruntime-web/wasm'), options)
      return loadOnHost(ort, program, { loop, session: { executionProviders: ['wasm'] } })
    },
  }
}

/** ONNX Runtime on the GPU through WebGPU, in a page. */
export function webWebgpu(options: WebRuntimeOptions = {}): Runtime {
  return {
    name: 'web/webgpu',
    summary: 'ONNX Runtime on the GPU through WebGPU, in a page',
    load: async (program) => {
      await requireAdapter()
      const ort = configured(await import('onnxruntime-web/webgpu'), options)
      gpu ??= new Transfer(oneAtATime(ort), { executionProviders: ['webgpu'] })
      await gpu.open()
      return loadOnDevice(gpu, program)
    },
  }
}

/** A browser may know WebGPU and yet find no GPU that it trusts. */
async function requireAdapter(): Promise<void> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } }
  if (await gpu?.requestAdapter()) return
  throw new ScorefieldError({
    kind: 'ability',
    code: 'runtime/no-webgpu',
    message: gpu ? 'This browser finds no GPU to use through WebGPU.' : 'This browser offers no WebGPU.',
    hint: 'Use the WebAssembly runtime, or a browser that has WebGPU switched on.',
  })
}
