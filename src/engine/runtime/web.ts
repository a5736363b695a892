import { ScorefieldError } from '../../base/index.ts'
import { breathe } from './breath.ts'
import { loadOnDevice } from './device.ts'
import { oneAtATime } from './one-at-a-time.ts'
import { loadOnHost, quiet } from './onnx.ts'
import type { Executor, Runtime } from './runtime.ts'
import { copyModel, Transfer } from './transfer.ts'
import { onnxRuntimeWasm } from './wasm.ts'
import type { WebModule } from './web-module.ts'

/** Where the page serves onnxruntime-web's .wasm and .mjs files, and how many threads may run. */
export interface WebRuntimeOptions {
  /** Folder's URL; without it the files are where the bundler, or Node, finds them. */
  readonly wasmPaths?: string
  /** More than one needs, in a page, that it is cross-origin isolated (COOP and COEP headers). */
  readonly threads?: number
}

let settings: WebRuntimeOptions = {}
let gpu: Transfer | undefined
let started: Promise<void> | undefined

/** Sets where onnxruntime-web's files are, for the page's default runtime too. Call it before the first program. */
export function configureWeb(options: WebRuntimeOptions): void {
  settings = { ...settings, ...options }
}

/**
 * Whether this scope is a thread of ONNX Runtime's own; if so, lets it start. For scripts of workers: a bundler may put the script and
 * ONNX Runtime into one file, and that file is then what ONNX Runtime starts its threads by.
 */
export function isRuntimeThread(): boolean {
  const { name } = globalThis as { name?: unknown }
  const isThread = typeof name === 'string' && name.startsWith('em-pthread')
  // Evaluated in such a scope, the module listens to the thread that made it.
  if (isThread) void onnxRuntimeWasm()
  return isThread
}

function configured(ort: WebModule, options: WebRuntimeOptions): WebModule {
  const { wasmPaths, threads } = { ...settings, ...options }
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths
  if (threads !== undefined) ort.env.wasm.numThreads = threads
  return ort
}

/**
 * ONNX Runtime as WebAssembly, in a page and in Node.
 *
 * It computes in the thread that calls it, which others get between two runs.
 */
export function webWasm(options: WebRuntimeOptions = {}): Runtime {
  return {
    name: 'web/wasm',
    summary: 'ONNX Runtime as WebAssembly, in a page and in Node',
    load: async (program, { loop }) => {
      const ort = configured(await onnxRuntimeWasm(), options)
      started ??= start(() => open(ort), 'ort-wasm-simd-threaded', options)
      await started
      return breathing(await loadOnHost(ort, program, { loop, session: { executionProviders: ['wasm'] } }))
    },
    packages: async () => ({ 'onnxruntime-web': (await onnxRuntimeWasm()).env.versions.web ?? 'unknown' }),
  }
}

/** ONNX Runtime on the GPU through WebGPU, in a page. */
export function webWebgpu(options: WebRuntimeOptions = {}): Runtime {
  return {
    name: 'web/webgpu',
    summary: 'ONNX Runtime on the GPU through WebGPU, in a page',
    load: async (program) => {
      await requireAdapter()
      const ort = configured((await import('onnxruntime-web/webgpu')) as unknown as WebModule, options)
      gpu ??= new Transfer(oneAtATime(ort), { executionProviders: ['webgpu'] })
      await start(() => gpu!.open(), 'ort-wasm-simd-threaded.asyncify', options)
      return loadOnDevice(gpu, program)
    },
  }
}

/** A session of one node, so that a program's own faults are not taken for missing files. */
async function open(ort: WebModule): Promise<void> {
  await (await ort.InferenceSession.create(copyModel(0), quiet)).release()
}

/** Starts ONNX Runtime. Throws `runtime/no-webassembly`. */
async function start(work: () => Promise<void>, files: string, options: WebRuntimeOptions): Promise<void> {
  try {
    await work()
  } catch (cause) {
    const { wasmPaths } = { ...settings, ...options }
    const served = `Serve ${files}.mjs and ${files}.wasm of onnxruntime-web/dist`
    const policy = "A Content-Security-Policy must allow 'wasm-unsafe-eval'."
    throw new ScorefieldError({
      kind: 'ability',
      code: 'runtime/no-webassembly',
      // ONNX Runtime's own message tells of its source, and of a page that stands in for a missing file; it stays in the cause.
      message:
        'ONNX Runtime could not be started: its WebAssembly files are not found, or not allowed to run.',
      where: wasmPaths,
      hint: `${
        wasmPaths === undefined
          ? `${served} and name their folder by configureWeb({ wasmPaths }), or bundle the page by Vite, which finds them.`
          : `${served} at ${wasmPaths}, or leave wasmPaths out if a bundler such as Vite serves them.`
      } ${policy}`,
      cause,
    })
  }
}

/** The executor, with a pause before each run in which others get the thread. */
function breathing(executor: Executor): Executor {
  const run = executor.run.bind(executor)
  executor.run = async (call) => {
    await breathe()
    return run(call)
  }
  return executor
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
