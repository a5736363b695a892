import { ScorefieldError } from '../error.ts'
import { loadOnnx, type OnnxRuntimeModule } from './onnx.ts'
import type { Runtime } from './runtime.ts'

/** Threads that a program may use; 0 leaves it to ONNX Runtime (one a physical core). */
export interface NodeRuntimeOptions {
  readonly threads?: number
}

async function onnxRuntimeNode(): Promise<OnnxRuntimeModule> {
  try {
    return (await import('onnxruntime-node')) as unknown as OnnxRuntimeModule
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'ability',
      code: 'runtime/onnxruntime-node-missing',
      message: 'The package onnxruntime-node cannot be loaded on this machine.',
      hint: 'Install it with `npm install onnxruntime-node`.',
      cause,
    })
  }
}

/** ONNX Runtime on the CPU of this machine. */
export function nodeCpu(options: NodeRuntimeOptions = {}): Runtime {
  return {
    name: 'node/cpu',
    summary: 'ONNX Runtime on the CPU, in Node',
    load: async (program, { loop }) =>
      loadOnnx(await onnxRuntimeNode(), program, {
        loop,
        session: {
          executionProviders: ['cpu'],
          graphOptimizationLevel: 'all',
          ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
          // Denormals slow the kernels down a hundredfold and mean nothing to a network.
          extra: { session: { set_denormal_as_zero: '1' } },
        },
      }),
  }
}

/** ONNX Runtime's WebGPU provider, in Node. */
export function nodeWebgpu(): Runtime {
  return {
    name: 'node/webgpu',
    summary: 'ONNX Runtime on the GPU through WebGPU, in Node',
    load: async (program, { loop }) => {
      const ort = await onnxRuntimeNode()
      try {
        return await loadOnnx(ort, program, {
          loop,
          session: { executionProviders: ['webgpu'], graphOptimizationLevel: 'all' },
        })
      } catch (cause) {
        throw new ScorefieldError({
          kind: 'ability',
          code: 'runtime/no-webgpu',
          message: `No GPU can be used through WebGPU here: ${(cause as Error).message}`,
          hint: 'Use the CPU (`--device cpu`), or install a Vulkan driver.',
          cause,
        })
      }
    },
  }
}
