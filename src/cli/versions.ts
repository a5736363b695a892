import { readFile } from 'node:fs/promises'
import type { Runtime } from '../engine/index.ts'

/** Versions of what computes: this package, Node, and the packages of the runtime. */
export async function versions(runtime: Runtime): Promise<Record<string, string>> {
  const manifest = new URL('../../package.json', import.meta.url)
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string }
  return { scorefield: version, node: process.versions.node, ...(await runtime.packages?.()) }
}
