import type { WebModule } from './web-module.ts'

/** ONNX Runtime as WebAssembly, in the build that Node can load. Bundlers for browsers replace this file by wasm.web. */
export async function onnxRuntimeWasm(): Promise<WebModule> {
  return (await import('onnxruntime-web')) as unknown as WebModule
}
