import { packageMissing, ScorefieldError } from '../../base/index.ts'
import { blockFor } from './blocks.ts'
import { loadOnDevice } from './device.ts'
import { eager } from './eager.ts'
import { loadOnHost, type OnnxRuntimeModule } from './onnx.ts'
import type { Runtime } from './runtime.ts'
import { Transfer } from './transfer.ts'
import { warnOnce } from './warning.ts'

/** Threads that a program may use; 0 leaves it to ONNX Runtime (one a physical core). */
export interface NodeRuntimeOptions {
  readonly threads?: number
  /**
   * Whether convolutions are computed on blocks of channels, by operators that ONNX Runtime calls internal; default
   * true. They are tried first, and not taken where they do not give what they should.
   */
  readonly blocks?: boolean
}

interface NodeModule extends OnnxRuntimeModule {
  readonly env: { readonly versions: { readonly node?: string } }
}

/** The package onnxruntime-node. Throws `runtime/onnxruntime-node-missing`. */
export async function onnxRuntimeNode(): Promise<NodeModule> {
  try {
    return (await import('onnxruntime-node')) as unknown as NodeModule
  } catch (cause) {
    throw packageMissing({
      kind: 'ability',
      name: 'onnxruntime-node',
      code: 'runtime/onnxruntime-node-missing',
      does: 'What runs on this machine’s own code is computed by',
      otherwise: 'compute by WebAssembly (`webWasm`), which is slower',
      cause,
    })
  }
}

async function packages(): Promise<Readonly<Record<string, string>>> {
  return { 'onnxruntime-node': (await onnxRuntimeNode()).env.versions.node ?? 'unknown' }
}

/**
 * ONNX Runtime on the CPU of this machine.
 *
 * Threads of ONNX Runtime wait for work by asking again and again, which is fast, and takes the cores from all others.
 * So only the first program of those alive does so between its runs, such as the training step; the threads of the
 * others rest when their run ends.
 */
export function nodeCpu(options: NodeRuntimeOptions = {}): Runtime {
  return {
    name: 'node/cpu',
    summary: 'ONNX Runtime on the CPU, in Node',
    load: async (program, { loop }) => {
      const ort = await onnxRuntimeNode()
      const first = eager.take()
      try {
        const executor = await loadOnHost(ort, program, {
          loop,
          layout: options.blocks === false ? {} : { block: await blockFor(ort, program, warnOfBlocks) },
          session: {
            executionProviders: ['cpu'],
            ...(options.threads ? { intraOpNumThreads: options.threads } : {}),
          },
          config: {
            // Denormals slow the kernels down a hundredfold and mean nothing to a network.
            'session.set_denormal_as_zero': '1',
            ...(first ? {} : { 'session.force_spinning_stop': '1' }),
          },
        })
        if (first) eager.holdUntilDisposed(first, executor)
        return executor
      } catch (error) {
        if (first) eager.give(first)
        throw error
      }
    },
    packages,
  }
}

const warnOfBlocks = (told: string): void => warnOnce('SCOREFIELD_BLOCKS', told)

let gpu: Transfer | undefined

/** ONNX Runtime's WebGPU provider, in Node. */
export function nodeWebgpu(): Runtime {
  return {
    name: 'node/webgpu',
    summary: 'ONNX Runtime on the GPU through WebGPU, in Node',
    load: async (program) => {
      gpu ??= new Transfer(await onnxRuntimeNode(), { executionProviders: ['webgpu'] })
      await requireAdapter(gpu)
      return loadOnDevice(gpu, program)
    },
    packages,
  }
}

/** Opens the device by itself first, so that a program's own faults are not taken for a missing GPU. */
async function requireAdapter(transfer: Transfer): Promise<void> {
  try {
    await transfer.open()
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'ability',
      code: 'runtime/no-webgpu',
      // ONNX Runtime's own message names files and functions of its source; it stays in the cause.
      message: 'No GPU can be used through WebGPU here.',
      hint: 'Use the CPU (`--device cpu`), or install a Vulkan driver.',
      cause,
    })
  }
}
