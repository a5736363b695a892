import { packageMissing } from '../../base/index.ts'

let pending: Promise<Document> | undefined

/**
 * The document in which Node builds pictures. Throws `picture/jsdom-missing`.
 * Loaded on the first call, since loading takes some 0.3 s, and shared by all later ones: marks are built in it, never
 * attached to it, so nothing accumulates.
 */
export function nodeDocument(): Promise<Document> {
  pending ??= open()
  return pending
}

async function open(): Promise<Document> {
  try {
    const { JSDOM } = await import('jsdom')
    return new JSDOM('').window.document
  } catch (cause) {
    throw packageMissing({
      kind: 'ability',
      name: 'jsdom',
      code: 'picture/jsdom-missing',
      does: 'Pictures are laid out in Node by',
      cause,
    })
  }
}
