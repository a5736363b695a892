/** File formats that others open: ONNX for a model and its samplers, safetensors for weights, PNG for pictures. */
export { denoiserToOnnx, type OnnxExport, samplerToOnnx, scoreToOnnx } from './onnx.ts'
export { onnxMetadata } from './onnx-metadata.ts'
export { encodePng, type Pixels } from './png.ts'
export { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts'
