import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ComparedFamily, comparePage } from '../../src/report/index.ts'
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
  height = 800,
): Promise<{ page: Page; heard: string[]; asked: string[] }> {
  const page = await browser!.newPage({
    viewport: { width, height },
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
        const inBox = (element: Element): boolean =>
          element.closest('.scroll, pre, svg, .skip, nav ol') !== null
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

describe('the report’s tables', () => {
  const wideTables = (): string[] =>
    [...document.querySelectorAll<HTMLElement>('.scroll')]
      .filter(
        (box) => box.scrollWidth > box.clientWidth + 1 || box.getBoundingClientRect().right > innerWidth,
      )
      .map((box) => `${box.getAttribute('aria-label')}: ${box.scrollWidth} in ${box.clientWidth}`)

  // 703 pixels are the width of an A4 sheet without its margins, as a browser prints it.
  it.for([
    ['on a screen of 1,280', 1280, 'screen'],
    ['on a phone', 390, 'screen'],
    ['on paper', 703, 'print'],
  ] as const)('are no wider than the page, %s, though names are long', async ([, width, media], { skip }) => {
    if (!browser) return skip(absent)
    const { page } = await open(width, 'light')
    await page.emulateMedia({ media })
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true
    })
    expect(await page.evaluate(wideTables)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await page.close()
  })
})

describe('the report on a phone', () => {
  it('shows the verdict on its first screen', async ({ skip }) => {
    if (!browser) return skip(absent)
    const { page } = await open(390, 'light', 844)
    const said = (await page.locator('#verdict .said').boundingBox())!
    expect(said.y).toBeLessThan(500)
    expect(said.y + said.height).toBeLessThanOrEqual(844)
    await page.close()
  })
})

describe('maps of columns', () => {
  it('are labelled by names on both sides, that neither touch the cells nor one another, and have a key of their shades', async ({
    skip,
  }) => {
    if (!browser) return skip(absent)
    const { page } = await open(1280, 'light')
    const maps = await page.evaluate(() =>
      [...document.querySelectorAll('#associations figure')].map((figure) => ({
        key: figure.querySelectorAll('.key li').length,
        caption: figure.querySelector('figcaption p')?.textContent ?? '',
        labels: [...figure.querySelectorAll('text.tick')].map((text) => text.textContent ?? ''),
        clash: [...figure.querySelectorAll('text.tick')].some((text, i, all) => {
          const [a, b] = [text, all[i + 2]].map((one) => one?.getBoundingClientRect())
          const isOver = a && b && a.bottom > b.top + 2 && a.right > b.left + 2 && b.right > a.left + 2
          return isOver === true && a.top < b.bottom - 2
        }),
      })),
    )
    expect(maps.length).toBe(3)
    for (const { key, caption, labels, clash } of maps) {
      expect(key).toBeGreaterThanOrEqual(3)
      expect(caption).not.toBe('')
      expect(labels.every((label) => /[a-z]/i.test(label))).toBe(true)
      expect(labels.length % 2).toBe(0)
      expect(clash).toBe(false)
    }
    await page.close()
  })
})

describe('the page of a comparison', () => {
  it.for([
    [1280, 'screen'],
    [390, 'screen'],
    [703, 'print'],
  ] as const)('fits %i pixels, %s', async ([width, media], { skip }) => {
    if (!browser) return skip(absent)
    const spread = { value: 0.6181, low: 0.6012, high: 0.6433, seeds: 3 }
    const nats = { value: -18.42, low: -19.91, high: -17.35, seeds: 3 }
    const compared = join(folder, 'compare.html')
    const family = (name: string): ComparedFamily => ({
      family: name,
      objective: 'denoising-score-matching',
      parameters: 1_182_680,
      trainingSeconds: { value: 60, low: 59, high: 61, seeds: 3 },
      secondsPerSample: { value: 0.0012, low: 0.001, high: 0.0013, seeds: 3 },
      likelihood: { kind: 'bound', value: nats },
      classifier: spread,
      energyDistance: spread,
      coverage: spread,
      errors: [],
    })
    const names = ['denoiser', 'rational-quadratic-spline-flow', 'autoregressive-mixture']
    writeFileSync(
      compared,
      comparePage({
        data: 'penguins',
        secondsPerTraining: 60,
        seeds: 3,
        testRows: 1234,
        families: names.map(family),
        version: '1.2.3',
      }),
    )
    const page = await browser.newPage({ viewport: { width, height: 800 } })
    await page.goto(pathToFileURL(compared).href)
    await page.emulateMedia({ media })
    const found = await page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      wide: [...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1)
        .length,
      text: document.body.textContent,
    }))
    expect(found.page).toBeLessThanOrEqual(width)
    expect(found.wide).toBe(0)
    expect(found.text).toContain('1,182,680')
    await page.close()
  })
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
