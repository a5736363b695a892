import { isNotInstalled } from '../../base/index.ts'
import { nodeCpu, onnxRuntimeNode } from './node.ts'
import type { Runtime } from './runtime.ts'
import { warnOnce } from './warning.ts'
import { webWasm } from './web.ts'

/** How the runtime is chosen where none is named. */
export interface DefaultRuntimeOptions {
  /** Threads that a program may use; left to ONNX Runtime unless given. */
  readonly threads?: number | undefined
  /** Hears, in Node, that WebAssembly has to do and what to install; Node's own warning, once a process, unless given. */
  readonly onFallback?: (told: string) => void
}

/**
 * The runtime taken when none is named: the CPU in Node, and WebAssembly where the package onnxruntime-node cannot be loaded;
 * WebAssembly in a page. Bundlers for browsers replace this file by platform.web.
 */
export async function defaultRuntime(options: DefaultRuntimeOptions = {}): Promise<Runtime> {
  const { threads, onFallback = (told: string) => warnOnce('SCOREFIELD_WEBASSEMBLY', told) } = options
  const settings = threads === undefined ? {} : { threads }
  try {
    await onnxRuntimeNode()
    return nodeCpu(settings)
  } catch (error) {
    onFallback(slower((error as Error).cause))
    return webWasm(settings)
  }
}

function slower(cause: unknown): string {
  const isAbsent = isNotInstalled('onnxruntime-node', cause)
  const why = isAbsent ? 'is not installed' : 'cannot be loaded on this machine'
  const remedy = isAbsent
    ? 'Install it with `npm install onnxruntime-node`.'
    : 'It has binaries for Linux with glibc, Windows, and macOS on ARM; `npm install onnxruntime-node` installs it anew.'
  return `The package onnxruntime-node ${why}, so WebAssembly computes, which takes one to three times as long on two cores, and more on many. ${remedy}`
}
