import { afterEach, expect, it, vi } from 'vitest'
import { available } from './harness.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it('skips what is missing and says why, once', () => {
  vi.stubEnv('SCOREFIELD_REQUIRE', 'browser')
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  expect(available('webgpu', 'there is no made-up device')).toBe(false)
  expect(available('webgpu', 'there is no made-up device')).toBe(false)
  expect(warn.mock.calls).toEqual([['Tests that need webgpu are skipped: there is no made-up device.']])
})

it('fails where what is missing is required', () => {
  vi.stubEnv('SCOREFIELD_REQUIRE', 'browser, webgpu')
  expect(() => available('webgpu', 'there is no GPU')).toThrow('but there is no GPU')
  expect(() => available('browser', 'there is no Chromium')).toThrow('names "browser"')
})

it('runs what is there, required or not', () => {
  vi.stubEnv('SCOREFIELD_REQUIRE', 'webgpu')
  expect(available('webgpu', undefined)).toBe(true)
  expect(available('browser', undefined)).toBe(true)
})
