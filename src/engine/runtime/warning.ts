const warned = new Set<string>()

/** Says something once a process, as Node's own warning under a code; with no Node it says nothing. */
export function warnOnce(code: string, told: string): void {
  if (warned.has(code)) return
  warned.add(code)
  // This file compiles without the types of Node, as all that a page may import.
  const { process } = globalThis as unknown as {
    process?: { emitWarning?(text: string, options: { readonly code: string }): void }
  }
  process?.emitWarning?.(told, { code })
}
