import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportHtml } from '../../src/report/page/index.ts'
import { someReportData } from '../../src/report/page/report.test-helper.ts'
import { chromiumAvailable, findChromium } from './harness.ts'

const absent = 'not on this machine; the warning printed says what is missing'
const folder = mkdtempSync(join(tmpdir(), 'scorefield-report-'))
const file = join(folder, 'report.html')
let browser: Browser | undefined

beforeAll(async () => {
  if (!chromiumAvailable()) return
  writeFileSync(file, reportHtml(someReportData()))
  browser = await chromium.launch({
    executablePath: findChromium()!,
    args: ['--no-sandbox', '--disable-gpu'],
  })
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** The report in a fresh page, with all that it complained of and asked for. */
async function open(
  width: number,
  colorScheme: 'light' | 'dark',
): Promise<{ page: Page; heard: string[]; asked: string[] }> {
  const page = await browser!.newPage({
    viewport: { width, height: 800 },
    colorScheme,
    reducedMotion: 'reduce',
  })
  const [heard, asked]: [string[], string[]] = [[], []]
  page.on('console', (message) => heard.push(message.text()))
  page.on('pageerror', (error) => heard.push(error.message))
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  return { page, heard, asked }
}

describe.each([360, 1280])('the report, %i pixels wide', (width) => {
  it.for(['light', 'dark'] as const)(
    'fits, stays silent and fetches nothing, %s',
    async (scheme, { skip }) => {
      if (!browser) return skip(absent)
      const { page, heard, asked } = await open(width, scheme)
      // All that can be unfolded, unfolded.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true
      })
      const found = await page.evaluate(() => {
        const root = document.documentElement
        const inBox = (element: Element): boolean => element.closest('.scroll, pre, svg, .skip') !== null
        const wide = [...document.body.querySelectorAll('*')].filter(
          (element) => !inBox(element) && element.getBoundingClientRect().right > root.clientWidth + 0.5,
        )
        const [ink, ground] = [
          getComputedStyle(document.body).color,
          getComputedStyle(document.body).backgroundColor,
        ]
        return {
          overflow: root.scrollWidth - root.clientWidth,
          wide: wide.map((element) => element.outerHTML.slice(0, 120)),
          ink,
          ground,
        }
      })
      expect(found.overflow).toBe(0)
      expect(found.wide).toEqual([])
      const brightness = (colour: string): number => Number(/\d+/.exec(colour)![0])
      expect(brightness(found.ground) > brightness(found.ink)).toBe(scheme === 'light')
      expect(heard).toEqual([])
      expect(asked).toEqual([pathToFileURL(file).href])
      await page.close()
    },
  )
})

describe('the report by keyboard', () => {
  it('offers to skip to the verdict first, and reaches what can be unfolded', async ({ skip }) => {
    if (!browser) return skip(absent)
    const { page } = await open(1280, 'light')
    await page.keyboard.press('Tab')
    const link = page.locator(':focus')
    expect(await link.getAttribute('href')).toBe('#main')
    expect((await link.boundingBox())!.x).toBeGreaterThanOrEqual(0)
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    const names: string[] = []
    while (names.at(-1) !== 'SUMMARY' && names.length < 30) {
      await page.keyboard.press('Tab')
      names.push(await page.evaluate(() => document.activeElement!.tagName))
    }
    expect(names.at(-1)).toBe('SUMMARY')
    await page.keyboard.press('Enter')
    expect(
      await page.evaluate(() => (document.activeElement!.parentElement as HTMLDetailsElement).open),
    ).toBe(true)
    // The table inside, which was out of reach before, comes next.
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement!.className)).toBe('scroll')
    await page.close()
  })

  it('prints on white, without what only a screen needs', async ({ skip }) => {
    if (!browser) return skip(absent)
    const { page } = await open(1280, 'dark')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const found = await page.evaluate(() => ({
      ground: getComputedStyle(document.body).backgroundColor,
      nav: getComputedStyle(document.querySelector('nav')!).display,
    }))
    expect(found).toEqual({ ground: 'rgb(255, 255, 255)', nav: 'none' })
    await page.close()
  })
})
