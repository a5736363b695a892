import type { OnnxRuntimeModule } from './onnx.ts'

/** What onnxruntime-web has beyond what it shares with onnxruntime-node. */
export interface WebModule extends OnnxRuntimeModule {
  readonly env: {
    readonly wasm: { wasmPaths?: string; numThreads?: number }
    readonly versions: { readonly web?: string }
  }
}
