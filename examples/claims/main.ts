// npm run claims: measures the theory's claims and writes docs/claims.md with their figures and pictures.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  curlMaps,
  curves,
  nodeDocument,
  planes,
  toPng,
  writePicture,
} from '../../src/report/picture/index.node.ts'
import { ClaimFails, type ClaimGiven, type Picture, proven } from './claim.ts'
import { figure } from './figures.ts'
import { claims } from './index.ts'
import { fileOf, pageWith, sectionOf } from './page.ts'

const { values: told } = parseArgs({
  options: {
    only: { type: 'string' },
    small: { type: 'boolean', default: false },
    seed: { type: 'string', default: '0' },
    'no-page': { type: 'boolean', default: false },
  },
})
const given: ClaimGiven = {
  small: told.small,
  seed: Number(told.seed),
  data: process.env['SCOREFIELD_DATA'] ?? '../shared/data',
  python: process.env['SCOREFIELD_PYTHON'] ?? 'python3',
}
const only = told.only?.split(',').map(Number)
const page = join('docs', 'claims.md')
const mostBytes = 98_000
const images = join('docs', 'images', 'claims')
let failed = 0
for (const claim of claims.filter(({ number }) => only?.includes(number) ?? true)) {
  const missing = claim.missing?.(given)
  if (missing) {
    console.log(`${claim.number}. ${claim.title}: skipped. ${missing}`)
    continue
  }
  const started = performance.now()
  try {
    const found = await proven(claim, given)
    const seconds = (performance.now() - started) / 1000
    console.log(`${claim.number}. ${claim.title} (${figure(seconds, 2)} s)\n   ${found.verdict}`)
    for (const { what, measured } of found.checks) console.log(`   ${what}: ${figure(measured)}`)
    if (!told['no-page']) {
      for (const picture of found.pictures) await show(picture)
      const section = sectionOf(claim, found, seconds)
      writeFileSync(page, pageWith(existsSync(page) ? readFileSync(page, 'utf8') : '', claim.number, section))
    }
  } catch (error) {
    failed++
    console.error(`${claim.number}. ${claim.title}\n   ${error instanceof Error ? error.message : error}`)
    if (error instanceof ClaimFails) console.error(sectionOf(claim, error.measured, 0))
  }
}
process.exitCode = failed > 0 ? 1 : 0

async function show(picture: Picture): Promise<void> {
  mkdirSync(images, { recursive: true })
  const svg = drawn(picture, await nodeDocument())
  const file = join(images, fileOf(picture.name, picture.kind))
  if (picture.kind === 'curves') writePicture(file, svg)
  else writeFileSync(file, small(svg))
}

function drawn(picture: Picture, document: Document): string {
  if (picture.kind === 'curves') return curves({ ...picture, document })
  return picture.kind === 'planes' ? planes({ ...picture, document }) : curlMaps({ ...picture, document })
}

/** A PNG that a page can bear: of fewer pixels where it would be larger than that. */
function small(svg: string): Uint8Array {
  const fits = (scale: number): boolean => toPng(svg, { scale }).length <= mostBytes
  return toPng(svg, { scale: [1, 0.85, 0.7].find(fits) ?? 0.55 })
}
