import { darkFigures } from "../../visualize/dark";

/** What all pages of the book look like, in light and in the dark. */
export const style = `:root {
  color-scheme: light dark;
  --text: #222; --faint: #666; --page: #fff; --panel: #f5f6f8; --line: #d8dade; --link: #0060a8; --accent: #0072b2;
  --warning: #fdf0ec; --keyword: #0050a0; --string: #a04000; --number: #007050; --title: #6a3d9a;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --text: #dcdcdc; --faint: #a0a0a0; --page: #191919; --panel: #24262a; --line: #43464c; --link: #7cc0f0; --accent: #56b4e9;
    --warning: #3a2620; --keyword: #86bdf5; --string: #f0a878; --number: #74cfae; --title: #cfa9f2;
  }
}
body { margin: 0; font: 16px/1.55 Helvetica, Arial, sans-serif; color: var(--text); background: var(--page); }
main { overflow-wrap: break-word; }
a { color: var(--link); }
`;

export const contentsStyle = `main { max-width: 760px; margin: 0 auto; padding: 24px 20px 80px; }
ol { list-style: none; padding: 0; }
ol > li { border-top: 1px solid var(--line); padding: 4px 0 12px; }
li h2 { font-size: 1.2em; margin: 0.6em 0 0.3em; }
li p { margin: 0.3em 0; }
summary { color: var(--faint); cursor: pointer; }
`;

export const chapterStyle = `header nav, footer nav { display: flex; flex-wrap: wrap; gap: 4px 24px; padding: 10px 20px; }
header { border-bottom: 1px solid var(--line); }
footer { border-top: 1px solid var(--line); }
main { min-width: 0; max-width: 1000px; padding: 8px 20px 60px; }
.sections { padding: 0 20px; font-size: 14px; }
.sections ul { list-style: none; padding: 0; margin: 14px 0 0; }
.sections a { text-decoration: none; }
.sections .level-3 { padding-left: 1em; }
@media (min-width: 1240px) {
  .columns { display: grid; grid-template-columns: 230px minmax(0, 1000px); justify-content: center; }
  .sections { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding-right: 0; }
  main { padding-left: 64px; }
}
.anchor { text-decoration: none; font-weight: normal; opacity: 0.35; }
.anchor:hover, .anchor:focus { opacity: 1; }
.cell { position: relative; margin-bottom: 1.2em; }
.number { color: var(--faint); font: 12px/1.45 ui-monospace, Menlo, Consolas, monospace; text-decoration: none; white-space: pre; }
@media (min-width: 1240px) { .number { position: absolute; right: 100%; top: 12px; margin-right: 8px; } }
pre { overflow-x: auto; margin: 0 0 0.6em; padding: 10px 14px; border-radius: 4px; font: 14px/1.45 ui-monospace, Menlo, Consolas, monospace; }
pre::-webkit-scrollbar, .output::-webkit-scrollbar { height: 10px; }
pre::-webkit-scrollbar-thumb, .output::-webkit-scrollbar-thumb { background: var(--faint); border-radius: 5px; }
pre.code, .text pre { background: var(--panel); border-left: 3px solid var(--accent); }
pre.stderr { background: var(--warning); }
p code, li code, td code { background: var(--panel); padding: 1px 4px; border-radius: 3px; font-size: 0.9em; overflow-wrap: anywhere; }
img { max-width: 100%; }
.output { overflow-x: auto; }
.text math[display="block"] { overflow-x: auto; overflow-y: hidden; }
.text table { display: block; width: fit-content; max-width: 100%; overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; margin: 0.6em 0; }
th, td { padding: 3px 10px; border-bottom: 1px solid var(--line); text-align: right; }
.text :is(th, td)[align="left"] { text-align: left; }
.output th, .output td { white-space: nowrap; }
.hljs-keyword, .hljs-built_in { color: var(--keyword); } .hljs-string { color: var(--string); }
.hljs-number { color: var(--number); } .hljs-comment { color: var(--faint); } .hljs-title { color: var(--title); }
.drawn img { display: none; }
@media screen and (prefers-color-scheme: dark) {
  ${darkFigures(".figure")}
}
@media print {
  header, footer, .sections, .anchor { display: none; }
  main { max-width: none; padding: 0; }
  body { font-size: 10.5pt; }
  pre { font-size: 8.5pt; white-space: pre-wrap; overflow-wrap: anywhere; }
  h1, h2, h3 { break-after: avoid; }
  img, tr { break-inside: avoid; }
  .drawn img { display: block; }
  .drawn img ~ div { display: none; }
  a { color: inherit; }
}
`;
