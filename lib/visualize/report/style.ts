import { darkFigures } from "../dark";

/** What a report looks like, in light, in the dark, on a narrow screen and on paper. */
export const reportStyle = `:root {
  color-scheme: light dark;
  --text: #222; --faint: #5a5a5a; --page: #fff; --panel: #f5f6f8; --line: #d8dade; --link: #0060a8; --hit: #d7e8f7; --miss: #fbe5d8;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --text: #dcdcdc; --faint: #a8a8a8; --page: #191919; --panel: #24262a; --line: #43464c; --link: #7cc0f0; --hit: #1f3d56; --miss: #4d3022;
  }
  ${darkFigures(".plot")}
  .swatch { filter: invert(0.9) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 Helvetica, Arial, sans-serif; color: var(--text); background: var(--page); }
main, header, nav { max-width: 1080px; margin: 0 auto; padding: 0 20px; overflow-wrap: anywhere; }
h1 { margin: 0.8em 0 0.2em; font-size: 1.7em; } h1 small { color: var(--faint); font-weight: normal; }
h2 { margin: 2em 0 0.4em; padding-top: 0.5em; border-top: 2px solid var(--line); font-size: 1.35em; }
h3 { margin: 1.6em 0 0.3em; font-size: 1.1em; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; list-style: none; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; background: var(--page); }
.protocol { margin: 0 0 0.4em; color: var(--faint); font-size: 14px; }
.legend { border: 1px solid var(--line); background: var(--panel); padding: 8px 14px; margin: 1em 0; }
.legend dl { margin: 0; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; }
.legend dd { margin: 0; display: flex; flex-wrap: wrap; gap: 0 18px; }
.swatch { display: inline-block; width: 22px; vertical-align: middle; margin-right: 6px; border-top: 5px solid; }
.swatch.dashed { border-top: 3px dashed; }
.swatch.area { width: 0; border: 6px solid; }
figure { margin: 0; }
.plot { width: 100%; min-height: 100px; overflow: hidden; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: bold; padding: 1.2em 0 0.3em; }
.long { overflow-wrap: anywhere; }
th, td, caption, li { unicode-bidi: isolate; }
th, td { overflow-wrap: break-word; padding: 3px 8px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { font-weight: normal; color: var(--faint); }
tbody th { font-weight: bold; }
.numbers td, .numbers thead th:not(:first-child) { text-align: right; }
summary { cursor: pointer; color: var(--link); padding: 4px 0; }
.threshold { background: var(--panel); border: 1px solid var(--line); padding: 4px 14px 12px; margin: 1em 0; }
.threshold .controls { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 8px 14px; align-items: center; }
.threshold select, .threshold button { font: inherit; max-width: 100%; }
.threshold input { width: 100%; }
.threshold td { text-align: right; } .threshold .right { background: var(--hit); } .threshold .wrong { background: var(--miss); }
@media (min-width: 700px) and (min-height: 700px) { .threshold { position: sticky; top: 0; z-index: 1; } }
@media (max-width: 699px) {
  body { font-size: 15px; }
  main, header, nav { padding: 0 12px; }
  .legend dl { display: block; }
  .pair, .pair th, .pair td { overflow-wrap: anywhere; }
  .wide thead { position: absolute; left: -9999px; }
  .wide, .wide tbody, .wide tr, .wide caption { display: block; }
  .wide tr { border-bottom: 1px solid var(--line); padding: 6px 0; }
  .wide th, .wide td { display: grid; grid-template-columns: 42% minmax(0, 1fr); gap: 8px; border: 0; padding: 1px 0; text-align: left; }
  .wide tbody th { display: block; }
  .wide td::before { content: attr(data-column); color: var(--faint); }
}
@media print { nav, .threshold .controls { display: none; } figure, tr { break-inside: avoid; } }
`;
