import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, extname, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Bundle, bundle, root } from './bundle.ts'

/** Where onnxruntime-web's .wasm and .mjs files are served. */
export const wasmPaths = '/onnxruntime/'

const wasmFolder = join(root, 'node_modules/onnxruntime-web/dist')
const launchArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const webgpuArguments = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']

/** The first Chromium there is: $CHROMIUM, then the usual names; undefined where there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const candidates = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ]
  return candidates.find((path) => path !== undefined && path !== '' && executable(path))
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Whether tests that need Chromium run; says why not where they do not.
 * @throws where SCOREFIELD_REQUIRE names "browser" and there is none.
 */
export function chromiumAvailable(): boolean {
  return available('browser', findChromium() ? undefined : 'no Chromium was found; set CHROMIUM to its path')
}

/**
 * Whether a part of the machine that tests need is there: it is, unless a reason is given.
 * @throws the reason, where the comma-separated list SCOREFIELD_REQUIRE names the part.
 */
export function available(part: 'browser' | 'webgpu', missing: string | undefined): boolean {
  if (missing === undefined) return true
  const required = (process.env['SCOREFIELD_REQUIRE'] ?? '').split(',').map((name) => name.trim())
  if (required.includes(part)) throw new Error(`SCOREFIELD_REQUIRE names "${part}", but ${missing}.`)
  const reason = `Tests that need ${part} are skipped: ${missing}.`
  if (!told.has(reason)) console.warn(reason)
  told.add(reason)
  return false
}

const told = new Set<string>()

/** A page with a bundle loaded, cross-origin isolated, so that threads work. */
export interface OpenPage {
  readonly bundle: Bundle
  /** Calls `globalThis.tasks[name](argument)` in the page; argument and result cross as JSON. */
  call<T>(name: string, argument?: unknown): Promise<T>
  close(): Promise<void>
}

/**
 * Bundles a TypeScript file that sets `globalThis.tasks`, serves it, and opens it in headless Chromium.
 *
 * With `webgpu` the page has a WebGPU adapter, Chromium's software one; without, it has none.
 */
export async function openPage(entry: string, options: { webgpu: boolean }): Promise<OpenPage> {
  const made = await bundle(entry, 'browser')
  const server = await serve(made.text)
  const stop = async (): Promise<void> => {
    await new Promise((done) => server.close(done))
  }
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const visit = await visitPage(url, options)
    const close = async (): Promise<void> => {
      await visit.close()
      await stop()
    }
    await visit.ready().catch(async (cause) => {
      await visit.close()
      throw cause
    })
    return { bundle: made, call: visit.call, close }
  } catch (cause) {
    await stop()
    throw cause
  }
}

/** A page in headless Chromium. */
export interface Visit {
  /** The page itself, to be clicked and looked at. */
  readonly page: Page
  /** What it wrote to the console, line by line; errors too. */
  readonly lines: readonly string[]
  /** Waits until it has set `globalThis.tasks`. @throws what went wrong in the page. */
  ready(): Promise<void>
  /** Waits for a line of the console that the pattern fits. @throws what went wrong in the page. */
  told(pattern: RegExp, milliseconds: number): Promise<void>
  call<T>(name: string, argument?: unknown): Promise<T>
  /** The longest that the page's own thread computed without a pause while `work` went on: milliseconds of the processor. */
  longestTask(work: () => Promise<unknown>): Promise<number>
  close(): Promise<void>
}

/** Opens a page in a browser of its own. */
export async function visitPage(url: string, options: { webgpu: boolean }): Promise<Visit> {
  const browser: Browser = await chromium.launch({
    executablePath: findChromium()!,
    headless: true,
    args: [...launchArguments, ...(options.webgpu ? webgpuArguments : ['--disable-gpu'])],
  })
  try {
    const page = await browser.newPage()
    const complaints = listen(page)
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    await page.goto(url)
    return {
      page,
      lines,
      ready: () =>
        page
          .waitForFunction(() => 'tasks' in globalThis, undefined, { timeout: 60_000 })
          .then(() => undefined)
          .catch((cause: Error) => {
            throw new Error(`The page did not load: ${complaints.join('; ') || cause.message}`)
          }),
      told: async (pattern, milliseconds) => {
        const until = performance.now() + milliseconds
        while (!lines.some((line) => pattern.test(line))) {
          if (performance.now() > until)
            throw new Error(`The page never told ${pattern}: ${complaints.join('; ')}`)
          await page.waitForTimeout(100)
        }
      },
      call: (name, argument) => call(page, name, argument),
      longestTask: async (work) => {
        await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
        await work()
        return longestTaskOf(JSON.parse(String(await browser.stopTracing())))
      },
      close: () => browser.close(),
    }
  } catch (cause) {
    await browser.close()
    throw cause
  }
}

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds of the processor. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

function longestTaskOf({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): number {
  const at = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`
  const pages = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(at),
  )
  const tasks = traceEvents.filter((event) => /RunTask$/.test(event.name) && pages.has(at(event)))
  if (tasks.length === 0) throw new Error('The trace holds no task of the page.')
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000
}

/** Collects what goes wrong in the page, for messages. */
function listen(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}

async function call<T>(page: Page, name: string, argument: unknown): Promise<T> {
  const text = await page.evaluate(
    async ([task, json]) => {
      const { tasks } = globalThis as unknown as {
        tasks: Record<string, (argument: unknown) => Promise<unknown>>
      }
      return JSON.stringify(await tasks[task!]!(JSON.parse(json!)))
    },
    [name, JSON.stringify(argument ?? null)],
  )
  return JSON.parse(text) as T
}

const contentTypes: Readonly<Record<string, string>> = {
  '.wasm': 'application/wasm',
  '.mjs': 'text/javascript',
}

/** Serves the page, the bundle, and onnxruntime-web's files, with the headers that threads need. */
async function serve(script: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const send = (type: string, body: string | Uint8Array): void => {
      response.setHeader('Content-Type', type)
      response.end(body)
    }
    if (path === '/')
      return send('text/html', '<!doctype html><script type="module" src="/page.js"></script>')
    if (path === '/page.js') return send('text/javascript', script)
    const file = path.startsWith(wasmPaths) ? path.slice(wasmPaths.length) : ''
    const type = contentTypes[extname(file)]
    if (type === undefined || !/^[\w.-]+$/.test(file)) {
      response.statusCode = 404
      return response.end()
    }
    try {
      send(type, await readFile(join(wasmFolder, file)))
    } catch {
      response.statusCode = 404
      response.end()
    }
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return server
}
