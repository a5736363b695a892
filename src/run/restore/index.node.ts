export * from './index.ts'
export { type DamagedPictures, readDamaged, readMask } from './read-damaged.node.ts'
export { shownGiven, type WrittenRestoration, writeRestored } from './restored-files.node.ts'
