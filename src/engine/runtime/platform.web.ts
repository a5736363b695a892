import type { DefaultRuntimeOptions } from './platform.ts'
import type { Runtime } from './runtime.ts'
import { webWasm } from './web.ts'

export type { DefaultRuntimeOptions }

/** The runtime taken when none is named: WebAssembly in a browser. */
export async function defaultRuntime({ threads }: DefaultRuntimeOptions = {}): Promise<Runtime> {
  return webWasm(threads === undefined ? {} : { threads })
}
