let pending: Promise<Document> | undefined

/**
 * The document in which Node builds pictures.
 * Loaded on the first call, since loading takes some 0.3 s, and shared by all later ones: marks are built in it, never
 * attached to it, so nothing accumulates.
 */
export function nodeDocument(): Promise<Document> {
  pending ??= import('jsdom').then(({ JSDOM }) => new JSDOM('').window.document)
  return pending
}
