/** Personal data: how columns of them are recognised, and what is invented in their place. */
export { type PersonalKind, personalKinds } from './kinds.ts'
export {
  areCodes,
  inventText,
  inventTexts,
  maskOf,
  patternOf,
  patternSchema,
  type TextPattern,
} from './pattern.ts'
export { type People, peopleSchema, peopleUnlike, personOf } from './people.ts'
export { isTelling, type PersonalFinding, personalColumns, personalKind } from './recognise.ts'
