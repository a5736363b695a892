/** File formats of models: ONNX for the model and its samplers, safetensors for weights. */
export { denoiserToOnnx, type OnnxExport, samplerToOnnx, scoreToOnnx } from './onnx.ts'
export { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.ts'
