import type { Named } from '../engine/index.ts'

/** Things of several parts under one roof: each part's names begin with its prefix. */
export function withPrefixes<T>(parts: readonly (readonly [prefix: string, things: Named<T>])[]): Named<T> {
  return Object.fromEntries(
    parts.flatMap(([prefix, things]) =>
      Object.entries(things).map(([name, thing]) => [prefix + name, thing] as const),
    ),
  )
}

/** Those whose names begin with a prefix, without it. */
export function valuesUnder<T>(prefix: string, things: Named<T>): Named<T> {
  return Object.fromEntries(
    Object.entries(things)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, thing]) => [name.slice(prefix.length), thing]),
  )
}
