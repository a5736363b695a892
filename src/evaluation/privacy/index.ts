/** Whether rows that were learned from show through: copies, near ones, words of one row, closest records, membership. */
export { copiesAmong } from './copies.ts'
export { type PrivacyFigure, type PrivacyMeasure, privacyMeasure, privacyMeasures } from './figures.ts'
export { measurePrivacy, type Privacy } from './privacy.ts'
export { blocksOf, type RowBlocks } from './row-blocks.ts'
export { privacyFiguresOf, type StoredPrivacy } from './stored.ts'
