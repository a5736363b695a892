import { describe, expect, it } from 'vitest'
import { duration, ScorefieldError } from '../base/index.ts'
import { clock, count, describeError, group, progressLine, progressWords, Terminal } from './terminal.ts'

function recorded(options: { json?: boolean; quiet?: boolean; tty?: boolean }): {
  terminal: Terminal
  out: () => string
  err: () => string
} {
  let out = ''
  let err = ''
  const terminal = new Terminal(options, {
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

  it('counts what is left from where it began', () => {
    const resumed = { label: 'training', done: 550, total: 600, from: 500, seconds: 30 }
    expect(progressWords(resumed)).toBe('training  91 %  550/600  0:30 left')
    expect(progressWords({ ...resumed, done: 600 })).toBe('training 100 %  600/600  0:30')
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
    expect([0, 3.21, 9.96, 42, 59.6, 125, 3599.6, 3720].map(duration)).toEqual([
      '0.0 s',
      '3.2 s',
      '10 s',
      '42 s',
      '1 min 0 s',
      '2 min 5 s',
      '1 h 0 min',
      '1 h 2 min',
    ])
    expect([count(1, 'row'), count(0, 'row'), count(1200, 'row')]).toEqual(['1 row', '0 rows', '1,200 rows'])
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

  it('breaks what it says at words, where it speaks to a terminal', () => {
    const note = `  'alpha' holds names of people, and ${'new rows get invented ones; '.repeat(4)}`.trimEnd()
    const said = recorded({ tty: true })
    said.terminal.say(note)
    said.terminal.warn(note.trim())
    const lines = said.err().trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    expect(lines[1]).toMatch(/^ {4}\S/)
    const piped = recorded({})
    piped.terminal.say(note)
    expect(piped.err()).toBe(`${note}\n`)
  })

  it('leaves out a detail that has no room, and cuts no word of it', () => {
    const progress = {
      label: 'training',
      done: 1,
      total: 9,
      seconds: 1,
      detail: 'loss 0.4123  held out 0.5123 ± 0.0123',
    }
    expect(progressLine(progress, 100)).toContain(progress.detail)
    expect(progressLine(progress, 60)).toMatch(/left$/)
  })

  it('draws a bar in place on a terminal', () => {
    const { terminal, err } = recorded({ tty: true })
    for (let done = 1; done <= 10; done++) terminal.progress({ label: 'x', done, total: 10, seconds: done })
    expect(err().split('\r').length).toBe(11)
    expect(err().endsWith('\n')).toBe(true)
  })

  it('writes fewer and fewer lines elsewhere, and none about what is soon over', () => {
    const { terminal, err } = recorded({})
    for (let second = 0; second <= 300; second++)
      terminal.progress({ label: 'x', done: second, total: 1000, seconds: second })
    const seconds = err()
      .match(/\d+(?=\/1,000)/g)!
      .map(Number)
    expect(seconds).toEqual([5, 10, 20, 40, 80, 140, 200, 260])
    const brief = recorded({})
    for (const done of [1, 2, 3]) brief.terminal.progress({ label: 'x', done, total: 3, seconds: done })
    expect(brief.err()).toBe('')
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
