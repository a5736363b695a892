import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'

/** The repository's root. */
export const root: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** A bundle's text, and the files it was made of, relative to the root. */
export interface Bundle {
  readonly text: string
  readonly sources: readonly string[]
}

/**
 * Bundles a TypeScript file straight from the sources, as a user's bundler would bundle the built package.
 *
 * conditions: of exports, for a browser; by default the runtime's .mjs file is served beside the page, like its .wasm file.
 */
export async function bundle(
  entry: string,
  platform: 'browser' | 'node',
  conditions: readonly string[] = ['onnxruntime-web-use-extern-wasm'],
): Promise<Bundle> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform,
    absWorkingDir: root,
    logLevel: 'silent',
    ...(platform === 'browser'
      ? { plugins: [browserField()], conditions: [...conditions] }
      : { packages: 'external' as const }),
  })
  return { text: result.outputFiles[0]!.text, sources: Object.keys((result.metafile as Metafile).inputs) }
}

/** Bundles a program and runs it in Node. It is read from standard input, so it finds packages from the root. */
export async function ran(entry: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const { text } = await bundle(entry, 'node')
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-'], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

/** Obeys package.json's `browser` field, whose paths name built files, on the sources that these are built from. */
function browserField(): Plugin {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    browser: Record<string, string>
  }
  const source = (built: string): string =>
    join(root, built.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts'))
  const replaced = new Map(Object.entries(manifest.browser).map(([from, to]) => [source(from), source(to)]))
  return {
    name: 'browser field',
    setup(builder) {
      builder.onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => {
        const target = replaced.get(resolve(resolveDir, path))
        return target === undefined ? undefined : { path: target }
      })
    },
  }
}
