import { type Html, html, raw } from './html.ts'
import { styleSheet } from './style.ts'

/**
 * A page as one HTML file: no scripts, nothing fetched, readable in light and dark.
 *
 * title: of the window; style: rules after those of all pages; body: from the header to the footer.
 */
export function framed({
  title,
  style = '',
  body,
}: {
  readonly title: string
  readonly style?: string
  readonly body: Html
}): string {
  const page = html`${raw('<!doctype html>\n')}<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<link rel="icon" href="data:,">
<style>${raw(styleSheet)}${raw(style)}</style>
</head>
<body>
${body}
</body>
</html>
`
  return page.text
}
