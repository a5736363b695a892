import { dark, light, type Palette } from './palette.ts'

const variables = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';')

/** The page's only style sheet. */
export const styleSheet: string = `
:root{color-scheme:light dark;${variables(light)}}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}}
@media print{:root{color-scheme:light;${variables(light)};--page:#ffffff}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;overflow-wrap:break-word}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-100vw;top:.5rem;background:var(--panel);color:var(--link);padding:.5rem 1rem;border-radius:.3rem;z-index:1}
.skip:focus{left:.5rem}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 clamp(.5rem,3vw,2.5rem)}
header{padding-top:clamp(1.5rem,4vw,3rem)}
@media (max-width:40rem){header,footer{padding-inline:1.05rem}}
h1,h2,h3{line-height:1.2;text-wrap:balance;margin:0}
h1{font-size:clamp(1.5rem,1.1rem + 1.8vw,2.2rem);letter-spacing:-.015em}
h2{font-size:1.35rem;letter-spacing:-.01em}
h3{font-size:1rem}
section>h3{margin-top:1.4rem}
p{margin:.6rem 0;max-width:46rem}
.eyebrow{margin:0 0 .3rem;color:var(--quiet);font-size:.9rem}
section{margin:1.4rem 0;padding:clamp(1rem,2.5vw,1.8rem);background:var(--panel);border:1px solid var(--rule);border-radius:.7rem}
section>h2+p{margin-top:.4rem}
.verdict{border-top:.3rem solid var(--mark)}
.verdict p.said{font-size:clamp(1.08rem,1rem + .5vw,1.3rem);line-height:1.5;max-width:52rem;margin:.7rem 0 1.2rem}
.good{--mark:var(--good)}.fair{--mark:var(--fair)}.poor{--mark:var(--poor)}.unknown{--mark:var(--neutral)}
.mark{display:inline-block;white-space:nowrap;font-weight:650;color:var(--mark)}
.mark svg{width:.85em;height:.85em;margin-right:.35em;vertical-align:-.06em;fill:var(--mark)}
.quiet{color:var(--quiet)}
.small{font-size:.88rem}
nav ol{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:1.2rem 0 0;padding:0;font-size:.92rem}
nav a{display:inline-block;padding:.25rem 0}
.grid{display:grid;gap:1.4rem 1.6rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr));margin-top:1rem}
.grid.wide{grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr))}
figure{margin:0;min-width:0;break-inside:avoid}
.grid.wide figure{max-width:30rem}
.grid.maps{grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));align-items:end}
figure img{display:block;max-width:100%;height:auto;image-rendering:pixelated}
figure.nearest{max-width:44rem}
.pictures p.small{margin:.3rem 0 .1rem}
figcaption{margin-bottom:.35rem}
figcaption p{margin:.1rem 0 0;font-size:.88rem;color:var(--quiet);line-height:1.45}
figure svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-family:inherit;font-size:11px;fill:var(--ink)}
svg .halo{paint-order:stroke;stroke:var(--panel);stroke-width:4px;stroke-linejoin:round}
svg .tick{fill:var(--quiet)}
svg .small{font-size:9.5px}
@media (max-width:40rem){svg text{font-size:12px}svg .small{font-size:10.5px}}
@media (min-width:60rem){.wide svg text{font-size:9.5px}}
svg .end{text-anchor:end}svg .middle{text-anchor:middle}
svg .grid-line{stroke:var(--grid);fill:none}
svg .axis{stroke:var(--neutral);fill:none}
svg .real{--c:var(--real)}svg .synthetic{--c:var(--synthetic)}svg .neutral{--c:var(--neutral)}
svg .line{stroke:var(--c);fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
svg .thin{stroke-width:1;stroke-opacity:.7}
svg .dashed{stroke-dasharray:5 3}
svg .area{fill:var(--c);fill-opacity:.16}
svg .fill{fill:var(--c)}
svg .hatched{fill:var(--c);fill-opacity:.25;stroke:var(--c);stroke-width:1.2}
svg .dots{stroke:var(--c);stroke-width:3.2;stroke-linecap:round;stroke-opacity:.5;fill:none}
svg .whisker{stroke:var(--c);stroke-width:2;fill:none}
svg .floor{fill:var(--neutral);fill-opacity:.28}
svg .cell-frame{fill:none;stroke:var(--rule)}
svg .label-real{fill:var(--real)}svg .label-synthetic{fill:var(--synthetic)}
.key{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;margin:.5rem 0 0;padding:0;list-style:none;font-size:.9rem}
.key svg{width:1.8em;height:.9em;display:inline-block;margin-right:.45em;vertical-align:-.08em}
.scroll{overflow-x:auto;margin:.6rem 0;max-width:100%;background:linear-gradient(90deg,var(--panel) 30%,transparent) left/2.5rem 100% no-repeat local,linear-gradient(270deg,var(--panel) 30%,transparent) right/2.5rem 100% no-repeat local,linear-gradient(90deg,var(--rule),transparent) left/.7rem 100% no-repeat scroll,linear-gradient(270deg,var(--rule),transparent) right/.7rem 100% no-repeat scroll}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;line-height:1.4}
caption{text-align:left;color:var(--quiet);padding-bottom:.4rem;font-size:.88rem;max-width:44rem}
th,td{padding:.38rem .9rem .38rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule)}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--quiet);font-weight:600;border-bottom-width:2px;vertical-align:bottom}
tbody th{font-weight:500}
th,td{overflow-wrap:anywhere}
@media screen{.stack thead th{overflow-wrap:break-word}}
tbody th{min-width:min(9.5rem,25vw)}
.n{text-align:right}
.short{white-space:nowrap}.grid .short{white-space:normal}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link);font-size:.88rem;padding:.25rem 0;width:fit-content}
pre{background:var(--sunken);padding:.8rem 1rem;border-radius:.4rem;overflow-x:auto;font-size:.88rem;margin:.6rem 0}
code{font-family:ui-monospace,'Cascadia Code',Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.92em}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) minmax(0,1fr);gap:.3rem 1.4rem;margin:.8rem 0;font-size:.92rem}
dt{color:var(--quiet)}dd{margin:0}
footer{padding-block:1rem 3rem;color:var(--quiet);font-size:.88rem}
@media (max-width:40rem){
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack,.stack tbody,.stack tr,.stack th,.stack td,.stack caption{display:block}
.stack tr{padding:.6rem 0;border-bottom:1px solid var(--rule)}
.stack th,.stack td{border:0;padding:.1rem 0;text-align:left;white-space:normal}
.stack td::before{content:attr(data-label) ': ';color:var(--quiet)}
dl{grid-template-columns:minmax(0,1fr)}dt{margin-top:.3rem}dd{margin-bottom:.2rem}
header{padding-top:1rem}
nav ol{flex-wrap:nowrap;overflow-x:auto;white-space:nowrap;margin-top:.6rem}
ul{padding-left:1.3rem}
}
@media print{
body{font-size:10pt}section{border:0;padding:0;margin:1.2rem 0;border-radius:0}.skip,nav,summary{display:none}
.verdict{border-top:.3rem solid var(--mark);padding-top:.6rem}
h2,h3,figcaption,caption{break-after:avoid}tr{break-inside:avoid}
.grid,.grid.wide{grid-template-columns:repeat(2,1fr)}
.grid.maps{grid-template-columns:repeat(3,1fr);gap:.8rem}
.scroll{overflow:visible}
table{font-size:8pt}th,td{padding-right:.6rem}tbody th{min-width:0}
}
`
