import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { createRandom, type Random } from "traffic-anomaly";
import { printable } from "traffic-anomaly/dist/common/shown";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { TableWriter } from "traffic-anomaly/dist/data/table-writer";
import { frameHtml } from "traffic-anomaly/dist/notebook/frame";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";
import { valuesByLabelFigure, writePage } from "traffic-anomaly/visualize";
import type { Kind } from "./trial";

const pieces =
  `< > & " ' \` = + - @ , ; \\ / % $ # ! ? ( ) { } [ ] <script> </script> harmed=1 <img src=x onerror=harmed=1>
  <svg/onload=harmed=1> javascript:harmed=1 <a href=javascript:harmed=1> </td> </text> --> <!-- <![CDATA[ <br> <b> &lt; &#60;
  %{x} $x$ \\href{javascript:harmed=1}{x} =cmd|'/C calc'!A0 @SUM(1) http dns é 漢 🙂`.split(/\s+/);
const signs = [
  "\x1b[2J",
  "\x1b]0;x\x07",
  "\x9b31m",
  "\r",
  "\t",
  "\u202e",
  "\u2066",
  "\u2028",
  "\x7f",
  " ",
  "\b\b\b",
];

/** Names made of what pages, terminals and spreadsheets obey, in a table and a figure of a page, printed, and in CSV. */
export const hostileNames: Kind = {
  fault: "names that pages, terminals or spreadsheets obey",
  times: { long: 5000, short: 50 },
  async run(trial, folder, times) {
    const executablePath = findBrowser({ ...process.env, TRAFFIC_BROWSER: undefined });
    if (!executablePath) {
      trial.skipped = "no browser is installed";
      return;
    }
    const browser = await chromium.launch({ executablePath });
    try {
      for (let start = 0; start < times; start += 50) {
        const names = Array.from({ length: Math.min(50, times - start) }, (_, i) =>
          nameOf(createRandom(start + i, "hostile names")),
        );
        const page = await browser.newPage({ offline: true });
        const inPages = await seenIn(page, names, folder);
        const csv = await cellsOf(names, folder);
        await page.close();
        for (const [i, name] of names.entries())
          await trial.try(JSON.stringify(name), () => {
            assert.equal(inPages.harm, "");
            assert.equal(inPages.cells[i], name.replaceAll(/\r\n?/g, "\n")); // as HTML reads
            assert.equal(original(csv[i]), name);
            assert.ok(!/^\s*[=+\-@]|^[\t\r]/.test(csv[i]) || Number.isFinite(Number(csv[i])), csv[i]);
            assert.doesNotMatch(csv[i] + printable(name).replaceAll("\n", ""), /(?![\t\r\n])\p{Cc}/u);
          });
      }
    } finally {
      await browser.close();
    }
  },
};

function nameOf(random: Random): string {
  const all = [...pieces, ...signs];
  return Array.from({ length: 1 + random.integer(5) }, () => all[random.integer(all.length)]).join("");
}

/** What a browser shows of names in the cells of a table, and what harm they did there or in a figure. */
async function seenIn(page: Page, names: readonly string[], folder: string) {
  const harm: string[] = [];
  page.on("pageerror", (error) => harm.push(error.message));
  page.on("dialog", (dialog) => harm.push(dialog.message()));
  const values = Object.fromEntries(names.map((name, i) => [name, i + 1]));
  const figure = valuesByLabelFigure(
    [{ name: names[0], values }],
    { title: names[1] },
    { protocol: names[2] },
  );
  await page.goto(pathToFileURL(await writePage(figure, folder, "figure")).href);
  await page.waitForSelector("#figure .main-svg");
  harm.push(...(await page.evaluate<string[]>(planted)));
  const table = join(folder, "table.html");
  const frame = { columns: names, index: names, values: [names] };
  await writeFile(table, `<!doctype html><meta charset="utf-8">${frameHtml(frame)}`);
  await page.goto(pathToFileURL(table).href);
  harm.push(...(await page.evaluate<string[]>(planted)));
  const cells = await page.evaluate<string[]>(
    `[...document.querySelectorAll("td")].map((cell) => cell.textContent)`,
  );
  return { cells, harm: harm.join("; ") };
}

const planted = `[
  ...(window.harmed ? ["a script ran"] : []),
  ...[...document.querySelectorAll("img[src=x], [onload], [onerror], a[href^=javascript], a[*|href^=javascript]")].map((at) => at.outerHTML),
]`;

/** The cells of a file with the names as labels. */
async function cellsOf(names: readonly string[], folder: string): Promise<string[]> {
  const categories = [...new Set(names)];
  const writer = await TableWriter.create([{ name: "label", type: { categories } }]);
  await writer.append([Uint8Array.from(names, (name) => categories.indexOf(name))]);
  const file = join(folder, "names.csv");
  await writer.write(file, "csv");
  await writer.close();
  const sql = `SELECT label FROM read_csv('${file}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {label: 'VARCHAR'})`;
  return (await (await database()).runAndReadAll(sql)).getRows().map(([cell]) => String(cell));
}

/** The text of a cell, as the documentation says. */
function original(cell: string): string {
  return cell
    .replace(/^'(?=[\s']*[=+\-@]|'*[\t\r])/, "")
    .replace(/\\x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
