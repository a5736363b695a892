import { kernelBase64 } from './kernel.wasm.ts'

/** What `kernel.as.ts` exports; see there. */
interface KernelExports {
  readonly memory: WebAssembly.Memory
  readonly tileBlocks: WebAssembly.Global
  readonly signsAddress: WebAssembly.Global
  readonly signsCapacity: WebAssembly.Global
  philox(
    key0: number,
    key1: number,
    indexLow: number,
    indexHigh: number,
    firstBlock: number,
    counter: number,
    blocksPerRow: number,
    groups: number,
  ): void
  boxMuller(groups: number, pairs: number): void
  interleave(groups: number): void
  uniform(groups: number): void
  uniform64(groups: number): void
  pack(rows: number, blocksPerRow: number, rowBytes: number): void
  signs(rows: number, blocksPerRow: number, width: number): void
}

/** The compiled kernel and views of its memory, which has a fixed size, so that they never detach. */
export interface Kernel {
  readonly run: KernelExports
  readonly tileBlocks: number
  readonly signsCapacity: number
  readonly words: Uint32Array
  readonly floats: Float32Array
  readonly doubles: Float64Array
  readonly signs: Float32Array
}

let loaded: Kernel | undefined

/**
 * The kernel, compiled on first use: below 4 KB, the size up to which browsers compile on the main thread at
 * once.
 */
export function loadKernel(): Kernel {
  loaded ??= instantiate()
  return loaded
}

function instantiate(): Kernel {
  const bytes = Uint8Array.from(atob(kernelBase64), (character) => character.charCodeAt(0))
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes))
  const run = instance.exports as unknown as KernelExports
  const { buffer } = run.memory
  return {
    run,
    tileBlocks: run.tileBlocks.value as number,
    signsCapacity: run.signsCapacity.value as number,
    words: new Uint32Array(buffer),
    floats: new Float32Array(buffer),
    doubles: new Float64Array(buffer),
    signs: new Float32Array(buffer, run.signsAddress.value as number),
  }
}
