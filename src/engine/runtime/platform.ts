import { nodeCpu } from './node.ts'
import type { Runtime } from './runtime.ts'

/** The runtime taken when none is named: the CPU in Node. Bundlers for browsers replace this file by platform.web. */
export function defaultRuntime(): Runtime {
  return nodeCpu()
}
