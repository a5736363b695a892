import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const sources = new URL('./src', import.meta.url).pathname

const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: [
      { find: /^scorefield$/, replacement: `${sources}/index.ts` },
      { find: /^scorefield\/(\w+)$/, replacement: `${sources}/$1/index.ts` },
    ],
  },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/*.test.ts'],
    pool: 'forks',
    // One less unless told: then a core of two waits while files are loaded.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
export default config
