import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, extname, join } from 'node:path'

/** The files of the page beside its script and its model, by name. */
const beside: Readonly<Record<string, string>> = {
  'index.html': 'examples/digits-page/index.html',
  'ort-wasm-simd-threaded.wasm': 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
  '.onnx': 'application/octet-stream',
}

/** Puts the page together in a folder that any server of files can serve. root: the project's folder. */
export function writeSite(
  folder: string,
  { root, script, model }: { readonly root: string; readonly script: string; readonly model: Uint8Array },
): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, from] of Object.entries(beside)) copyFileSync(join(root, from), join(folder, name))
  writeFileSync(join(folder, 'page.js'), script)
  writeFileSync(join(folder, 'sampler.onnx'), model)
}

/** Serves the files of a folder to this machine; port 0 is any that is free. */
export async function serveSite(folder: string, port: number): Promise<{ url: string; server: Server }> {
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname
    const name = path === '/' ? 'index.html' : basename(path)
    const type = types[extname(name)]
    try {
      if (!type) throw new Error(`${name} is no file of the page.`)
      response.setHeader('Content-Type', type).end(readFileSync(join(folder, name)))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((ready, failed) => {
    server.once('error', failed).listen(port, '127.0.0.1', ready)
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}
