import { ScorefieldError } from '../../base/index.ts'
import type { NodeRuntimeOptions } from './node.ts'
import type { Runtime } from './runtime.ts'

export type { NodeRuntimeOptions }

/** Stands in for the package of ONNX Runtime for Node. @throws always. */
export async function onnxRuntimeNode(): Promise<never> {
  throw onlyInNode('onnxruntime-node', 'webWasm')
}

/** Stands in for the CPU runtime of Node in bundles for browsers. @throws always. */
export function nodeCpu(_options: NodeRuntimeOptions = {}): Runtime {
  throw onlyInNode('nodeCpu', 'webWasm')
}

/** Stands in for the WebGPU runtime of Node in bundles for browsers. @throws always. */
export function nodeWebgpu(): Runtime {
  throw onlyInNode('nodeWebgpu', 'webWebgpu')
}

function onlyInNode(name: string, instead: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'runtime/only-in-node',
    message: `${name} runs in Node only; this is a bundle for browsers.`,
    hint: `Take ${instead}, or let defaultRuntime choose.`,
  })
}
