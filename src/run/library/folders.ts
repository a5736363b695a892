/** Models in folders, in Node. Bundlers for browsers replace this file by folders.web (package.json, "browser"). */
export { readFolder, writeFolder } from './folders.node.ts'
