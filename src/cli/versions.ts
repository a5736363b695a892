import { readFile } from 'node:fs/promises'

/** Versions of what computes: this package, Node, ONNX Runtime. */
export async function versions(): Promise<Record<string, string>> {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
    optionalDependencies: Record<string, string>
  }
  return {
    scorefield: manifest.version,
    node: process.versions.node,
    'onnxruntime-node': manifest.optionalDependencies['onnxruntime-node'] ?? 'unknown',
  }
}
