/** Rules between columns that hold in every row: what they are, how they are found, how they are kept. */
export { computeColumn } from './compute.ts'
export { findRules } from './find-rules.ts'
export { type BrokenRule, brokenRules, gapsAgree, keepRules } from './keep-rules.ts'
export {
  describeRule,
  determinedBy,
  determiningOf,
  type ExactRule,
  isExact,
  type OrderRule,
  type Rule,
  ruleFormula,
  rulesSchema,
} from './rule.ts'
