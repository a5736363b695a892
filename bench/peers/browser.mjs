/** Runs a peer in headless Chromium, on a cross-origin-isolated page: there its threads work. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

const here = fileURLToPath(new URL('.', import.meta.url))

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/**
 * `module`: the peer's browser-safe file; `binaries`: a folder whose .wasm files the page may fetch;
 * `options`: what its `createPeer` is given besides.
 */
export async function openInBrowser({ module, binaries, options = {} }) {
  const script = await bundle(module, { binaries: '/', threads: availableParallelism(), ...options })
  const server = await listen(script, binaries)
  let browser
  try {
    browser = await chromium.launch({ executablePath: chromiumPath, args: launchArguments })
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.address().port}/`)
    await page.waitForFunction(() => globalThis.round !== undefined || globalThis.failure !== undefined)
    const failure = await page.evaluate(() => globalThis.failure ?? null)
    if (failure !== null) throw new Error(failure)
    return {
      round: (workload, seconds) =>
        page.evaluate(([name, duration]) => globalThis.round(name, duration), [workload, seconds]),
      async close() {
        await browser.close()
        server.close()
      },
    }
  } catch (error) {
    await browser?.close()
    server.close()
    throw error
  }
}

async function bundle(module, options) {
  const contents = `
    import { createPeer } from './${module}'
    import { createRounds } from './rounds.mjs'
    try {
      if (!crossOriginIsolated) throw new Error('the page is not cross-origin isolated')
      globalThis.round = createRounds(await createPeer(${JSON.stringify(options)}))
    } catch (error) {
      globalThis.failure = String(error)
    }`
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here, sourcefile: 'page.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0].contents
}

function listen(script, binaries) {
  const server = createServer(async (request, response) => {
    const send = (type, body) =>
      response.writeHead(200, { ...isolationHeaders, 'Content-Type': type }).end(body)
    const { pathname } = new URL(request.url, 'http://127.0.0.1')
    if (pathname === '/')
      return send('text/html', '<!doctype html><script type="module" src="/page.js"></script>')
    if (pathname === '/page.js') return send('text/javascript', script)
    if (binaries !== undefined && pathname.endsWith('.wasm')) {
      return send('application/wasm', await readFile(join(binaries, basename(pathname))))
    }
    response.writeHead(404).end()
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}
