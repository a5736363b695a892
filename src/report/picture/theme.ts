/**
 * Colours, fonts and sizes of every picture.
 * Blue and vermillion are the pair of Okabe and Ito (2008) that stays apart in all common forms of colour blindness;
 * the `…Text` colours are darkened until they reach a contrast of 4.5 : 1 on white.
 */
export const theme = {
  background: '#ffffff',
  ink: '#222222',
  quietInk: '#595959',
  frame: '#9a9a9a',
  grid: '#ececec',
  data: '#0072b2',
  dataText: '#005f96',
  samples: '#d55e00',
  samplesText: '#ad4b00',
  /** For what is counted rather than compared. */
  neutral: '#a9b7c4',
  /** First colours are taken first; distinct for colour-blind readers and dark enough for a thin line. */
  series: ['#0072b2', '#d55e00', '#009e73', '#aa4f86', '#8a6d00', '#333333'],
  /** Low to high density; light, so that arrows stay visible on every shade. */
  density: ['#ffffff', '#d6e6f4', '#abcfe6', '#6aaed6', '#3787c0'],
  /** From −1 over 0 to 1, where the sign matters; light, so that arrows stay visible on every shade. */
  diverging: ['#4b9bd0', '#a5cdea', '#ffffff', '#f6bf95', '#e5813a'],
  /** Named first for pictures made here; a browser without it falls back to narrower fonts, so nothing overflows. */
  fontFamily: "'DejaVu Sans', Verdana, system-ui, sans-serif",
  titleSize: 15,
  labelSize: 11.5,
  tickSize: 10,
  captionSize: 10.5,
} as const
