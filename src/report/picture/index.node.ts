export { nodeDocument } from './document.node.ts'
export * from './index.ts'
export { type PngOptions, toPng, writePicture } from './png.node.ts'
