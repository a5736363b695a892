import { describe, expect, it } from 'vitest'
import { ScorefieldError } from '../engine/error.ts'
import { clock, describeError, group, progressLine, Terminal } from './terminal.ts'

function recorded(options: { json?: boolean; quiet?: boolean; tty?: boolean }): {
  terminal: Terminal
  out: () => string
  err: () => string
} {
  let out = ''
  let err = ''
  const terminal = new Terminal({
    json: options.json ?? false,
    quiet: options.quiet ?? false,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text), isTTY: options.tty ?? false, columns: 80 },
  })
  return { terminal, out: () => out, err: () => err }
}

describe('progressLine', () => {
  it('shows the share, the counts and the time left', () => {
    const line = progressLine(
      { label: 'training', done: 3000, total: 6000, seconds: 30, detail: 'loss 0.41' },
      100,
    )
    expect(line).toContain('training ━━━━━━━━━━━━────────────')
    expect(line).toContain('50 %  3,000/6,000  0:30 left  loss 0.41')
  })

  it('never exceeds the width', () => {
    for (const width of [30, 50, 80])
      expect(
        progressLine({ label: 'sampling', done: 1, total: 9, seconds: 1, detail: 'x'.repeat(90) }, width)
          .length,
      ).toBeLessThan(width)
  })
})

describe('clock and group', () => {
  it('reads as people write', () => {
    expect([clock(3), clock(63), clock(3723)]).toEqual(['0:03', '1:03', '1:02:03'])
    expect(group(1234567)).toBe('1,234,567')
  })
})

describe('Terminal', () => {
  it('writes events to stdout with --json only, and words to stderr', () => {
    const plain = recorded({})
    plain.terminal.event({ type: 'done' })
    plain.terminal.say('hello')
    expect([plain.out(), plain.err()]).toEqual(['', 'hello\n'])
    const json = recorded({ json: true })
    json.terminal.event({ type: 'done' })
    json.terminal.print('a table')
    expect(json.out()).toBe('{"type":"done"}\n')
  })

  it('is silent with --quiet but for warnings', () => {
    const { terminal, err } = recorded({ quiet: true })
    terminal.say('hello')
    terminal.progress({ label: 'x', done: 1, total: 2, seconds: 1 })
    terminal.warn('mind the gap')
    expect(err()).toBe('Warning: mind the gap\n')
  })

  it('draws a bar in place on a terminal, and a line every few seconds elsewhere', () => {
    const tty = recorded({ tty: true })
    const file = recorded({})
    for (let done = 1; done <= 10; done++) {
      tty.terminal.progress({ label: 'x', done, total: 10, seconds: done })
      file.terminal.progress({ label: 'x', done, total: 10, seconds: done })
    }
    expect(tty.err().split('\r').length).toBe(11)
    expect(tty.err().endsWith('\n')).toBe(true)
    expect(file.err().trim().split('\n').length).toBe(3)
  })
})

describe('describeError', () => {
  it('says what, where, what to do, and the code', () => {
    const error = new ScorefieldError({
      kind: 'data',
      code: 'data/x',
      message: 'Bad.',
      where: 'a.csv, line 3',
      hint: 'Mend it.',
    })
    expect(describeError(error).lines).toEqual([
      'Error: Bad.',
      '  where: a.csv, line 3',
      '  Mend it.',
      '  (data/x)',
    ])
  })

  it('asks to report what it does not know', () => {
    expect(describeError(new TypeError('x is not a function')).lines.join('\n')).toMatch(
      /TypeError.*\n[\s\S]*report/,
    )
  })
})
