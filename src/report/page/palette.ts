/** Colours of the page by what they are for; the style sheet makes them variables. */
export interface Palette {
  readonly page: string
  readonly panel: string
  readonly sunken: string
  readonly ink: string
  readonly quiet: string
  readonly rule: string
  readonly grid: string
  readonly link: string
  readonly real: string
  readonly synthetic: string
  readonly neutral: string
  readonly good: string
  readonly fair: string
  readonly poor: string
}

/**
 * Real is blue and synthetic is orange, the pair of Okabe and Ito (2008) that stays apart in all common forms of colour
 * blindness, each in a shade that reaches 4.5 : 1 on its ground, so that it serves for words as well as for lines.
 */
export const light: Palette = {
  page: '#f6f7f8',
  panel: '#ffffff',
  sunken: '#eef1f4',
  ink: '#1a1f24',
  quiet: '#545d66',
  rule: '#d3d9df',
  grid: '#e6eaee',
  link: '#0a5c96',
  real: '#0068a8',
  synthetic: '#b84c00',
  neutral: '#748190',
  good: '#14713a',
  fair: '#7d5700',
  poor: '#b3261e',
}

export const dark: Palette = {
  page: '#111417',
  panel: '#1a1f24',
  sunken: '#242a31',
  ink: '#e8ebee',
  quiet: '#aab4be',
  rule: '#3a434c',
  grid: '#2b323a',
  link: '#7cc0f5',
  real: '#5fb4f2',
  synthetic: '#ff9a4d',
  neutral: '#8593a2',
  good: '#63cf8b',
  fair: '#e3b341',
  poor: '#ff8b80',
}

/** Greatest opacity of a map's colours: words on top of them must stay readable. */
export const mapOpacity = 0.5
