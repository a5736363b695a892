export { blockRows } from './block-file.node.ts'
export { mostCellsInMemory, openStoreIfLarge } from './open-store.node.ts'
export { type BlockedTable, poolBlocks, pooledRows } from './pooled-rows.ts'
export type { TableStore } from './table-store.node.ts'
