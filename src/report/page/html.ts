import { escapeXml } from '../picture/text.ts'

/** Markup that is safe to put into a page as it is; only `html` and `raw` make it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may stand between the markup of a template; `undefined`, `null` and `false` leave nothing. */
export type Part = Html | string | number | undefined | null | false | readonly Part[]

/**
 * A template of markup in which every text is escaped: html`<td>${name}</td>` shows a column named `<script>` as that.
 * Lists are joined. What `html` made goes in as it is.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0]!
  parts.forEach((part, index) => {
    text += textOf(part) + strings[index + 1]!
  })
  return new Html(text)
}

/** Markup that was written elsewhere and is known to be safe, such as a style sheet of this folder. */
export function raw(text: string): Html {
  return new Html(text)
}

function textOf(part: Part): string {
  if (part === undefined || part === null || part === false) return ''
  if (part instanceof Html) return part.text
  if (Array.isArray(part)) return part.map(textOf).join('')
  return escapeXml(String(part))
}

/** A text as a part of an id: letters, digits and hyphens, the same for the same text. */
export function idOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

/** A file as an address that holds it, so that a page needs no other file. */
export function dataUrl(type: string, bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return `data:${type};base64,${btoa(text)}`
}
