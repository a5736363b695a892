#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runCommandLine } from './run.ts'

// Without these, a reader that goes away (`| head`) ends the process with a stack. What writes notices by itself.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

const manifest = new URL('../../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
process.exitCode = await runCommandLine(process.argv.slice(2), version)
