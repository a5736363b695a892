/** Runs the README's first example in the page, and returns what it printed. */
Object.assign(globalThis, {
  tasks: {
    run: async (): Promise<string[]> => {
      const { configureWeb } = await import('scorefield')
      // One thread: two that wait for each other on a busy machine take ten times as long.
      configureWeb({ wasmPaths: '/onnxruntime/', threads: 1 })
      const lines: string[] = []
      const { log } = console
      console.log = (line: string) => lines.push(line)
      try {
        await import('../../examples/two-moons.ts')
      } finally {
        console.log = log
      }
      return lines
    },
  },
})
