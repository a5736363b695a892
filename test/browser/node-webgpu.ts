import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { bundle, root } from './bundle.ts'

/** A Node process that runs programs on node/webgpu. */
export interface WebgpuProcess {
  /** Where the device comes from, for messages. */
  readonly device: string
  call<T>(request: Readonly<Record<string, unknown>>): Promise<T>
  close(): void
}

const chromiumFolder = '/usr/lib/chromium'
const softwareDriver = join(chromiumFolder, 'vk_swiftshader_icd.json')

/** Ways to get a WebGPU device, the machine's own GPU first. */
const devices: readonly { name: string; exists: () => boolean; environment: () => NodeJS.ProcessEnv }[] = [
  {
    name: "this machine's GPU",
    exists: () => existsSync('/dev/dri') || existsSync('/dev/nvidia0'),
    environment: () => ({}),
  },
  {
    name: "SwiftShader, Chromium's software GPU",
    exists: () => existsSync(softwareDriver),
    environment: () => ({
      VK_DRIVER_FILES: softwareDriver,
      // The folder also has the Vulkan loader, for machines that have none of their own.
      LD_LIBRARY_PATH: [process.env['LD_LIBRARY_PATH'], chromiumFolder].filter(Boolean).join(delimiter),
    }),
  },
]

/** Starts a process in which node/webgpu works, or tells why there is none. */
export async function startWebgpuProcess(): Promise<WebgpuProcess | { missing: string }> {
  // Inside the repository, so that the bundle's imports of packages find node_modules.
  const folder = mkdtempSync(join(root, 'node_modules/.scorefield-test-'))
  const script = join(folder, 'child.mjs')
  writeFileSync(script, (await bundle(join(root, 'test/browser/child.ts'), 'node')).text)
  const reasons: string[] = []
  for (const { name, exists, environment } of devices) {
    if (!exists()) {
      reasons.push(`${name} is not there`)
      continue
    }
    const child = fork(script, {
      env: { ...process.env, ...environment() },
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    const close = (): void => {
      child.kill()
      rmSync(folder, { recursive: true, force: true })
    }
    const call = caller(child)
    const code = await call<string>({ kind: 'probe' }).catch((error: Error) => error.message)
    if (code === 'none') return { device: name, call, close }
    child.kill()
    reasons.push(`${name} gave ${code}`)
  }
  rmSync(folder, { recursive: true, force: true })
  return { missing: reasons.join('; ') }
}

/** One request at a time; a process that ends meanwhile fails it with what it last wrote. */
function caller(child: ChildProcess): WebgpuProcess['call'] {
  let said = ''
  child.stderr!.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-2000)
  })
  return <T>(request: Readonly<Record<string, unknown>>) =>
    new Promise<T>((resolve, reject) => {
      const finish = (): void => {
        child.off('message', onMessage)
        child.off('exit', onExit)
      }
      const onMessage = (message: unknown): void => {
        finish()
        const { result, error } = message as { result: T; error?: string }
        if (error === undefined) resolve(result)
        else reject(new Error(error))
      }
      const onExit = (code: number | null, signal: string | null): void => {
        finish()
        reject(new Error(`the process ended with ${code ?? signal}: ${said.trim()}`))
      }
      child.on('message', onMessage)
      child.on('exit', onExit)
      child.send(request)
    })
}
