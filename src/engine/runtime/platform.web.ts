import type { Runtime } from './runtime.ts'
import { webWasm } from './web.ts'

/** The runtime taken when none is named: WebAssembly in a browser. */
export function defaultRuntime(): Runtime {
  return webWasm()
}
