import { ScorefieldError } from '../../base/index.ts'
import type { SavedFiles } from './saved-files.ts'

export async function readFolder(folder: string): Promise<SavedFiles> {
  throw noFolders(folder)
}

export async function writeFolder(folder: string, _: SavedFiles): Promise<void> {
  throw noFolders(folder)
}

function noFolders(folder: string): ScorefieldError {
  return new ScorefieldError({
    kind: 'ability',
    code: 'model/no-folders',
    message: `A page has no folder ${folder}.`,
    where: folder,
    hint: 'Keep models in { indexedDB: "name" }, or as the Blob that save() returns.',
  })
}
