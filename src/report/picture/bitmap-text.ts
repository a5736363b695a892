/** Pixels of a picture, red, green and blue side by side, that text is written into. */
export interface Canvas {
  readonly width: number
  readonly height: number
  /** [h · w · 3]. */
  readonly bytes: Uint8Array
}

/** Pixels of a letter, and those from one letter to the next; the lowest row is for what hangs below the line. */
const letter = { width: 5, height: 8, advance: 6 } as const
/** Height of a line, in pixels of scale 1. */
export const lineHeight: number = letter.height

/**
 * The letters of ASCII from the blank to ~, in rows from the top: a digit of base 32 is a row of five pixels, the leftmost the
 * highest bit. So V is #####, H is #...#, and A is .#.#. .
 */
const glyphs = (
  '00000000 44444040 AA000000 0AVAVA00 4FKE5U40 OP248J30 CIK8LID0 44000000 24888420 84222480 04LEL400 044V4400 ' +
  '00000448 000E0000 00000CC0 1224880G EHJLPHE0 4C4444E0 EH1248V0 V2421HE0 26AIV220 VGU11HE0 68GUHHE0 V1248880 ' +
  'EHHEHHE0 EHHF12C0 0CC0CC00 0CC0CC48 248G8420 00V0V000 84212480 EH124040 EHNLNGE0 EHHVHHH0 UHHUHHU0 EHGGGHE0 ' +
  'SIHHHIS0 VGGUGGV0 VGGUGGG0 EHGNHHF0 HHHVHHH0 E44444E0 72222IC0 HIKOKIH0 GGGGGGV0 HRLLHHH0 HHPLJHH0 EHHHHHE0 ' +
  'UHHUGGG0 EHHHLID0 UHHUKIH0 FGGE11U0 V4444440 HHHHHHE0 HHHHHA40 HHHLLLA0 HHA4AHH0 HHHA4440 V1248GV0 E88888E0 ' +
  'G8842210 E22222E0 4AH00000 000000V0 84000000 00E1FHF0 GGMPHHU0 00EGGHE0 11DJHHF0 00EHVGE0 698S8880 00FHHF1E ' +
  'GGMPHHH0 40C444E0 206222IC GGIKOKI0 C44444E0 00QLLHH0 00MPHHH0 00EHHHE0 00UHHUGG 00FHHF11 00MPGGG0 00FGE1U0 ' +
  '88S88960 00HHHJD0 00HHHA40 00HHLLA0 00HA4AH0 00HHHF1E 00V248V0 24484420 44444440 84424480 008L2000'
).split(' ')
/** What stands for a letter that is not among them, and for letters left out. */
const [unknown, leftOut] = ['VHHHHHV0', '000000L0']

/** The letters of a text without the marks above and below them, which the glyphs do not have. */
function lettersOf(text: string): string[] {
  return [...text.normalize('NFD').replaceAll(/\p{M}/gu, '')]
}

/** Width of a text in pixels of scale 1, without the gap after its last letter. */
export function textWidth(text: string): number {
  return Math.max(0, lettersOf(text).length * letter.advance - 1)
}

/** The text, or as much of its beginning as fits into so many pixels of scale 1, with … after it. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const letters = Math.floor((width + 1) / letter.advance) - 1
  return letters < 1 ? '' : `${lettersOf(text).slice(0, letters).join('')}…`
}

/** Writes a line of text, black, its top left corner at the place; each pixel of a letter is a square of `scale`. */
export function writeText(
  canvas: Canvas,
  text: string,
  { left, top, scale }: { readonly left: number; readonly top: number; readonly scale: number },
): void {
  for (const [i, one] of lettersOf(text).entries()) {
    const glyph = one === '…' ? leftOut : (glyphs[one.codePointAt(0)! - 32] ?? unknown)
    for (let y = 0; y < letter.height * scale; y++) {
      const bits = Number.parseInt(glyph[Math.floor(y / scale)]!, 32)
      for (let x = 0; x < letter.width * scale; x++) {
        if (((bits >> (letter.width - 1 - Math.floor(x / scale))) & 1) === 0) continue
        const to = ((top + y) * canvas.width + left + i * letter.advance * scale + x) * 3
        canvas.bytes.fill(0, to, to + 3)
      }
    }
  }
}
