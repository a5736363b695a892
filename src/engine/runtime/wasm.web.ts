import type { WebModule } from './web-module.ts'

/** ONNX Runtime as WebAssembly, in the build for pages, which bundlers find the .wasm file of. */
export async function onnxRuntimeWasm(): Promise<WebModule> {
  return (await import('onnxruntime-web/wasm')) as unknown as WebModule
}
