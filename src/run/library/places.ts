import { unzipSync, zipSync } from 'fflate'
import { ScorefieldError } from '../../base/index.ts'
import { readFolder, writeFolder } from './folders.ts'
import type { SavedFiles } from './saved-files.ts'

/** Where a model is kept: a folder, by its path; or a name in the browser's own store. */
export type ModelPlace = string | { readonly indexedDB: string }

/** Where a model is found: where it was kept, or the Blob that `save` returned, or its bytes. */
export type ModelSource = ModelPlace | Blob | ArrayBuffer | Uint8Array

/** The database of all models that a browser keeps for this page's origin, and its one table. */
const database = 'scorefield'
const table = 'models'

/** Puts a model's files where they shall be; without a place they are returned as a zip file. */
export async function putFiles(files: SavedFiles, place: ModelPlace | undefined): Promise<Blob | undefined> {
  if (place === undefined) return blobOf(files)
  if (typeof place === 'string') {
    await writeFolder(place, files)
    return undefined
  }
  requirePlace(place)
  const blob = blobOf(files)
  await withTable('readwrite', (models) => models.put(blob, place.indexedDB))
  return undefined
}

/**
 * The files of a model, and what a person calls them.
 * @throws ScorefieldError `model/not-found`, `model/unreadable`, `model/place`, and those of folders.
 */
export async function filesAt(
  source: ModelSource,
): Promise<{ readonly files: SavedFiles; readonly where: string }> {
  if (typeof source === 'string') return { files: await readFolder(source), where: source }
  if (source instanceof Blob)
    return { files: unzipped(new Uint8Array(await source.arrayBuffer())), where: 'the Blob' }
  if (source instanceof ArrayBuffer) return { files: unzipped(new Uint8Array(source)), where: 'the bytes' }
  if (source instanceof Uint8Array) return { files: unzipped(source), where: 'the bytes' }
  requirePlace(source)
  const name = source.indexedDB
  const found: unknown = await withTable('readonly', (models) => models.get(name))
  if (found instanceof Blob)
    return { files: unzipped(new Uint8Array(await found.arrayBuffer())), where: name }
  const keys = (await withTable('readonly', (models) => models.getAllKeys())) as IDBValidKey[]
  throw new ScorefieldError({
    kind: 'usage',
    code: 'model/not-found',
    message: `The browser keeps no model named "${name}".`,
    hint: keys.length === 0 ? 'It keeps none; save one first.' : `It keeps ${keys.map(String).join(', ')}.`,
  })
}

/** Names of the models that the browser keeps for this page's origin, in order. */
export async function savedModels(): Promise<string[]> {
  return ((await withTable('readonly', (models) => models.getAllKeys())) as IDBValidKey[]).map(String)
}

/** Removes a model that the browser keeps; one that is not there is no error. */
export async function removeSavedModel(name: string): Promise<void> {
  await withTable('readwrite', (models) => models.delete(name))
}

function requirePlace(place: unknown): asserts place is { readonly indexedDB: string } {
  const name = (place as { readonly indexedDB?: unknown } | null)?.indexedDB
  if (typeof name === 'string' && name !== '') return
  throw new ScorefieldError({
    kind: 'usage',
    code: 'model/place',
    message: 'That is no place of a model.',
    hint: 'Give a folder ("runs/mine"), { indexedDB: "mine" }, or the Blob that save() returned.',
  })
}

/** The folder of a run as a zip file, which any tool unpacks. Stored, not compressed: weights look like noise. */
function blobOf(files: SavedFiles): Blob {
  return new Blob([zipSync(files as Record<string, Uint8Array>, { level: 0 })], { type: 'application/zip' })
}

function unzipped(bytes: Uint8Array): SavedFiles {
  try {
    return unzipSync(bytes)
  } catch (cause) {
    throw new ScorefieldError({
      kind: 'data',
      code: 'model/unreadable',
      message: `These ${bytes.length} bytes are no saved model: ${(cause as Error).message}.`,
      hint: 'Give what model.save() returned, whole.',
      cause,
    })
  }
}

/** One request to the browser's store, done when its transaction is. */
async function withTable<T>(
  mode: IDBTransactionMode,
  ask: (models: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  if (typeof indexedDB === 'undefined')
    throw new ScorefieldError({
      kind: 'ability',
      code: 'model/no-indexeddb',
      message: 'There is no IndexedDB here.',
      hint: 'In Node, give a folder; in a page whose storage is switched off, take the Blob that save() returns.',
    })
  const opening = indexedDB.open(database, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(table)
  const opened = await settled(opening)
  try {
    const transaction = opened.transaction(table, mode)
    const request = ask(transaction.objectStore(table))
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onerror = () => reject(refused(transaction.error))
      transaction.onabort = () => reject(refused(transaction.error))
    })
    return request.result
  } finally {
    opened.close()
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(refused(request.error))
  })
}

function refused(cause: DOMException | null): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'model/store-refused',
    message: `The browser’s store refused: ${cause?.message ?? 'it gave no reason'}.`,
    hint: 'There may be no room left, or storage is switched off for this page.',
    cause: cause ?? undefined,
  })
}
