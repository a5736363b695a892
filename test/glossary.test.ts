import { expect, test } from 'vitest'
import { aspects } from '../src/evaluation/index.ts'
import { document } from './documents.ts'

const { text, path } = document('docs/glossary.md')
const part = (heading: string): string => text.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!
const termsOf = (section: string): string[] =>
  [...section.matchAll(/^\*\*([^*]+)\*\*/gm)].map(([, term]) => term!.replace(/,.*/, ''))

test('the glossary explains everything that a verdict is about', () => {
  const terms = termsOf(part('What the verdict is about'))
  for (const { name } of aspects) expect(terms, path).toContain(name)
})

test('each word is explained once, and is found from the first pages', () => {
  const terms = termsOf(text)
  expect(terms.length).toBeGreaterThan(20)
  expect(new Set(terms).size).toBe(terms.length)
  for (const word of ['Nat', 'Noise level', 'Held out', 'Score']) expect(terms).toContain(word)
  expect(document('README.md').links).toContain('docs/glossary.md')
  expect(document('docs/README.md').links).toContain('glossary.md')
})
