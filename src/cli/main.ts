#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { runCommandLine } from './run.ts'

const manifest = new URL('../../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
process.exitCode = await runCommandLine(process.argv.slice(2), version)
