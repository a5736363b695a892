import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build, createServer, preview } from 'vite'
import { compileSources } from '../../src/cli/installed.test-helper.ts'
import { root } from './bundle.ts'

/** A small project of a stranger's, with the package among its node_modules as npm would put it there. */
export interface ViteProject {
  /** Serves it as `vite dev` does, or built as `vite preview` does; without any configuration of how the library is bundled. */
  serve(
    way: 'dev' | 'build',
    options: { readonly isolated: boolean },
  ): Promise<{ readonly url: string; close(): Promise<void> }>
  dispose(): void
}

/** Pages by name, each with its script. */
export async function viteProject(
  pages: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<ViteProject> {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-vite-'))
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  put('package.json', JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
  for (const [name, script] of Object.entries(pages)) {
    put(`${name}.ts`, script)
    put(
      `${name}.html`,
      `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${name}.ts"></script>`,
    )
  }
  for (const [path, text] of Object.entries(files)) put(path, text)
  await compileSources(join(folder, 'node_modules/scorefield/dist'))
  put('node_modules/scorefield/package.json', readFileSync(join(root, 'package.json'), 'utf8'))
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const name of [...Object.keys(dependencies), 'onnxruntime-common']) {
    if (name === 'onnxruntime-web') continue
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir')
  }
  // Not a link: Vite serves no files from outside of the project.
  cpSync(join(root, 'node_modules/onnxruntime-web'), join(folder, 'node_modules/onnxruntime-web'), {
    recursive: true,
    filter: (path) => !/\.js$|\.map$|\.(jsep|jspi)\.|ort\.(all|webgl|jspi)/.test(path),
  })
  const common = { root: folder, configFile: false as const, logLevel: 'error' as const }
  const input = Object.keys(pages).map((name) => join(folder, `${name}.html`))
  return {
    serve: async (way, { isolated }) => {
      const headers = isolated ? isolating : {}
      const place = { host: '127.0.0.1', port: 0, headers }
      if (way === 'dev') {
        const server = await createServer({ ...common, server: place })
        await server.listen()
        return { url: server.resolvedUrls!.local[0]!, close: () => server.close() }
      }
      await build({ ...common, build: { rolldownOptions: { input } } })
      const server = await preview({ ...common, preview: place })
      return { url: server.resolvedUrls!.local[0]!, close: () => server.close() }
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const isolating = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}
