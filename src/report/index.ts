/**
 * What people read of a run: its page, the page of a comparison, the model card. Pure functions of plain data.
 * Pictures stand in a folder of their own, `picture/`, for the plotting library takes some 0.15 s to load.
 */
export { modelCard } from './model-card.ts'
export { type ComparedFamily, comparePage, likelihoodText, type Spread } from './page/compare-page.ts'
export * from './page/index.ts'
export { type ContactSheet, contactSheet, type SheetOptions } from './picture/contact-sheet.ts'
export { smoothed } from './picture/smoothed.ts'
