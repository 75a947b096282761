// The tables of figures in the README and the page of figures beside this file, from the record of `npm run reproduce`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publishedF1 } from "traffic-anomaly/dist/evaluation/one-class-protocols";
import type { RecordedFigure, ReproductionRecord } from "./record";

const detectors = {
  "isolation-forest": "Isolation forest",
  autoencoder: "Autoencoder",
  combined: "Combined",
  "baseline:principal-components": "PCA",
  "baseline:mahalanobis": "Mahalanobis",
  "baseline:ecod": "ECOD",
};

/** Rows of the first table: what the README calls a figure, and its name in the record. */
const figures = {
  "ROC AUC": "rocAuc",
  "ROC AUC, deduplicated": "deduplicated.rocAuc",
  "F1, 5 % promised": "atPromisedRate.0.05.f1",
  "F1, 1 % promised": "atPromisedRate.0.01.f1",
  "F1, 0.1 % promised": "atPromisedRate.0.001.f1",
};
const atTrueRates = {
  "recall at true 5 %": "atTrueRate.0.05.recall",
  "recall at true 1 %": "atTrueRate.0.01.recall",
  "recall at true 0.1 %": "atTrueRate.0.001.recall",
};

/** The best of a row is bold. */
function cells(row: readonly RecordedFigure[]): string[] {
  const best = Math.max(...row.map(({ mean }) => mean));
  return row.map(({ mean, standardDeviation }) => {
    const cell = `${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}`;
    return mean === best ? `**${cell}**` : cell;
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Novelty: all detectors on `corrected`, at their defaults and with quantile scaling. */
export function noveltyTable({ protocols }: ReproductionRecord): string {
  const rows = (protocol: string, shown: Readonly<Record<string, string>>, suffix = "") =>
    Object.entries(shown).map(([title, name]) => [
      title + suffix,
      ...cells(Object.keys(detectors).map((detector) => protocols[protocol].corrected[detector][name])),
    ]);
  return table(
    ["novelty → `corrected`", ...Object.values(detectors)],
    [...rows("novelty", { ...figures, ...atTrueRates }), ...rows("novelty-quantile", figures, " (quantile)")],
  );
}

/** The protocols of deep papers, beside what these report. */
export function oneClassTable({ protocols }: ReproductionRecord): string {
  const names = ["kddcup", "kddcup-rev"] as const;
  const own = Object.entries(detectors).map(([detector, title]) => [
    title,
    ...names.map((name) => {
      const { mean, standardDeviation } = protocols.literature[name][detector].f1;
      return `${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}`;
    }),
  ]);
  const papers = Object.keys(publishedF1.kddcup).map((paper) => [
    `*${paper}*`,
    ...names.map((name) => publishedF1[name][paper].toFixed(3)),
  ]);
  return table(["F1", ...names], [...own, ...papers]);
}

/** UNSW-NB15: all detectors at their defaults, on the rows held out and all attacks. */
export function unswTable({ protocols }: ReproductionRecord): string {
  const { holdout } = protocols["unsw-nb15"];
  const shown = { "ROC AUC": "rocAuc", "F1, 5 % promised": "atPromisedRate.0.05.f1" };
  return table(
    ["UNSW-NB15, novelty", ...Object.values(detectors)],
    Object.entries(shown).map(([title, name]) => [
      title,
      ...cells(Object.keys(detectors).map((detector) => holdout[detector][name])),
    ]),
  );
}

/** Tables of ADBench: the published forest beside scikit-learn's, each by mean and standard deviation over ten seeds. */
export function adbenchTable({ figures, protocols }: ReproductionRecord): string {
  const rows = Object.entries(protocols.adbench).map(([name, detectors]) => {
    const own = detectors["isolation-forest"].rocAuc;
    const found = figures.find((figure) => figure.name.startsWith(`ADBench, ${name},`));
    if (!found || !("value" in found.expected)) throw new RangeError(`ADBench's ${name} has no reference`);
    const { value, tolerance } = found.expected;
    const cell = (mean: number, deviation: number) => `${mean.toFixed(4)} ± ${deviation.toFixed(4)}`;
    return [name, cell(own.mean, own.standardDeviation), cell(value, tolerance / 2)];
  });
  return table(["ADBench, ROC AUC", "Isolation forest (published)", "scikit-learn"], rows);
}

/** Threats planted into a day of simulated traffic, and what is told of usual traffic besides. */
export function threatsTable({ protocols }: ReproductionRecord): string {
  const { usual, ...threats } = protocols["planted-threats"];
  const percents = (share: number) => String(Number((100 * share).toPrecision(2)));
  const percent = ({ mean }: RecordedFigure) => `${percents(mean)} %`;
  const days = ({ values }: RecordedFigure) =>
    `${values.reduce((sum, value) => sum + value, 0)} of ${values.length}`;
  const count = ({ mean }: RecordedFigure) => String(Number(mean.toFixed(1)));
  const rows = Object.entries(threats).map(([name, { incidents }]) => [
    name.replaceAll("_", " "),
    ...[
      days(incidents.found),
      days(incidents.named),
      percent(incidents.alerted),
      count(incidents.falseBefore),
    ],
  ]);
  const { alerted, falseIncidents } = usual.incidents;
  const spread = `${percents(alerted.mean)} ± ${percents(alerted.standardDeviation)} %`;
  const last = ["usual traffic", "", "", spread, `${count(falseIncidents)} in all`];
  return table(
    ["planted threat", "found", "named", "connections flagged", "false incidents a day above it"],
    [...rows, last],
  );
}

/** The pages that have such tables. */
export const pages = [join(__dirname, "..", "..", "README.md"), join(__dirname, "README.md")];

/** Writes the tables of the record into the pages. */
export function writeTables(record: ReproductionRecord): void {
  for (const page of pages) writeFileSync(page, withTables(readFileSync(page, "utf8"), record));
}

/** A page with the tables of the record in place of those that have the same headers, as far as there are. */
export function withTables(page: string, record: ReproductionRecord): string {
  return [noveltyTable, sameRowsTable, oneClassTable, unswTable, adbenchTable, threatsTable].reduce(
    (text, make) => {
      const table = make(record);
      const header = table.slice(0, table.indexOf("\n"));
      const start = text.indexOf(header);
      if (start < 0) return text;
      const end = text.indexOf("\n\n", start);
      return text.slice(0, start) + table + text.slice(end);
    },
    page,
  );
}

/** Where an isolation forest is fitted and scored on the same rows. */
export function sameRowsTable({ protocols }: ReproductionRecord): string {
  const cell = ({ mean, standardDeviation }: RecordedFigure) =>
    `${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}`;
  const subsets = ["http", "smtp", "sf", "sa"];
  const forest = (part: Readonly<Record<string, Readonly<Record<string, RecordedFigure>>>>) =>
    cell(part["isolation-forest"].rocAuc);
  return table(
    ["isolation forest, ROC AUC", "mixed", "http", "smtp", "SF", "SA"],
    [
      [
        "fitted and scored on the same rows",
        forest(protocols.mixed["10-percent"]),
        ...subsets.map((name) => forest(protocols.literature[name])),
      ],
    ],
  );
}
