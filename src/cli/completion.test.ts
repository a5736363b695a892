import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { scorefield, succeeded } from './command-line.test-helper.ts'
import { commands } from './commands.ts'

/** What bash would offer after these words. */
async function offered(...words: string[]): Promise<string[]> {
  const { out } = await succeeded('completion', 'bash')
  const given = words.map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${given}); COMP_CWORD=${words.length - 1}; _scorefield; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', `${out}\n${ask}`], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((word) => word !== '')
}

describe('completion in bash', () => {
  it('offers commands', async () => {
    expect(await offered('scorefield', '')).toEqual(commands.map(({ name }) => name))
    expect(await offered('scorefield', 'ev')).toEqual(['evaluate'])
  })

  it('offers the options of the command', async () => {
    expect(await offered('scorefield', 'sample', 'runs/wine', '--wh')).toEqual(['--where'])
    expect(await offered('scorefield', 'train', '--dry')).toEqual(['--dry-run'])
    // Anything else is a file, which the shell completes by itself.
    expect(await offered('scorefield', 'train', 'wi')).toEqual([])
  })
})

it('writes scripts for other shells, and refuses those that it does not know', async () => {
  expect((await succeeded('completion', 'zsh')).out).toMatch(/^#compdef scorefield\n/)
  expect((await succeeded('completion', 'fish')).out).toContain('-a evaluate -d ')
  const { code, err } = await scorefield('completion', 'powershell')
  expect(code).toBe(2)
  expect(err).toContain('must be bash, zsh, fish')
})
