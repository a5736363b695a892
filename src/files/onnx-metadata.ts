import { PbfReader } from 'pbf'
import { ScorefieldError } from '../base/index.ts'

/** Fields of ModelProto and of its StringStringEntryProto (onnx.proto, ONNX 1.17). */
const fields = { graph: 7, metadata: 14, key: 1, value: 2 } as const

/**
 * The texts that an ONNX file carries beside its graph (metadata_props), by name: of a file of `scorefield export` the encoding, the
 * sampler, the noise levels, and what it takes and gives. ONNX Runtime for the web does not tell them. Nothing else is read.
 *
 * Throws `onnx/unreadable`.
 */
export function onnxMetadata(bytes: Uint8Array): Record<string, string> {
  const reader = new PbfReader(bytes)
  const found = { hasGraph: false, texts: {} as Record<string, string> }
  try {
    reader.readFields((field, into) => {
      into.hasGraph ||= field === fields.graph
      if (field !== fields.metadata) return
      const entry = { key: '', value: '' }
      reader.readMessage((part, of) => {
        if (part === fields.key) of.key = reader.readString()
        if (part === fields.value) of.value = reader.readString()
      }, entry)
      into.texts[entry.key] = entry.value
    }, found)
  } catch (cause) {
    throw unreadable(cause)
  }
  if (!found.hasGraph || reader.pos !== bytes.length) throw unreadable()
  return found.texts
}

function unreadable(cause?: unknown): ScorefieldError {
  return new ScorefieldError({
    kind: 'data',
    code: 'onnx/unreadable',
    message: 'This is no readable ONNX file.',
    hint: 'Take the whole file as scorefield export wrote it. A server that misses it may have sent a page in its place.',
    cause,
  })
}
