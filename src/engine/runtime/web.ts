import type { InferenceSession } from 'onnxruntime-common'
import { ScorefieldError } from '../error.ts'
import { loadOnnx, type OnnxRuntimeModule } from './onnx.ts'
import type { Runtime } from './runtime.ts'

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

/** Sets where onnxruntime-web's files are, for the page's default runtime too. Call it before the first program. */
export function configureWeb(options: WebRuntimeOptions): void {
  settings = { ...settings, ...options }
}

async function load(
  ort: WebModule,
  options: WebRuntimeOptions,
  program: Parameters<Runtime['load']>[0],
  loop: boolean,
  session: InferenceSession.SessionOptions,
): ReturnType<Runtime['load']> {
  const { wasmPaths, threads } = { ...settings, ...options }
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths
  if (threads !== undefined) ort.env.wasm.numThreads = threads
  return loadOnnx(ort, program, { loop, session: { graphOptimizationLevel: 'all', ...session } })
}

/** ONNX Runtime as WebAssembly, in a page. */
export function webWasm(options: WebRuntimeOptions = {}): Runtime {
  return {
    name: 'web/wasm',
    summary: 'ONNX Runtime as WebAssembly, in a page',
    load: async (program, { loop }) => {
      const ort = (await import('onnxruntime-web/wasm')) as unknown as WebModule
      return load(ort, options, program, loop, { executionProviders: ['wasm'] })
    },
  }
}

/** ONNX Runtime on the GPU through WebGPU, in a page. */
export function webWebgpu(options: WebRuntimeOptions = {}): Runtime {
  return {
    name: 'web/webgpu',
    summary: 'ONNX Runtime on the GPU through WebGPU, in a page',
    load: async (program, { loop }) => {
      if (!('gpu' in navigator))
        throw new ScorefieldError({
          kind: 'ability',
          code: 'runtime/no-webgpu',
          message: 'This browser offers no WebGPU.',
          hint: 'Use the WebAssembly runtime, or a browser that has WebGPU switched on.',
        })
      const ort = (await import('onnxruntime-web/webgpu')) as unknown as WebModule
      return load(ort, options, program, loop, { executionProviders: ['webgpu'] })
    },
  }
}
