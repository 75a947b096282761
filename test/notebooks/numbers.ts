// Finds the numbers that notebooks and the README show, and compares them with test/bench/reproduce.json.
import { mean, sampleStandardDeviation } from "simple-statistics";
import { unescapeHtml } from "traffic-anomaly/dist/common/html";
import { codeCells, type Notebook, type Output } from "traffic-anomaly/dist/notebook/tools/notebook";
import { modelStyles } from "traffic-anomaly/dist/visualize/palette";
import type { ReproductionRecord } from "../bench/record";
import { judgedNames } from "../fixtures/judged-names";

/** A number as it is shown, and the one that it stands for. */
export interface Claim {
  /** What it is: `novelty / corrected / autoencoder / rocAuc, seed 1`. */
  readonly name: string;
  /** As it is printed: `0.9804`. */
  readonly shown: string;
  /** The number of the record; undefined if the record has no such figure. */
  readonly recorded: number | undefined;
}

/** The claims that do not agree with the record to the digits shown, in words. */
export function disagreements(claims: readonly Claim[]): string[] {
  return claims.flatMap(({ name, shown, recorded }) => {
    const decimals = shown.split(".")[1]?.length ?? 0;
    const expected = recorded?.toFixed(decimals) ?? "no such figure";
    return shown === expected ? [] : [`${name}: ${shown} is shown, the record has ${expected}`];
  });
}

/** A figure of the record, by a path such as `novelty / corrected / autoencoder / rocAuc`. */
export class Figures {
  constructor(private readonly record: ReproductionRecord) {}

  values(path: string, seeds: readonly number[] = this.record.seeds): number[] | undefined {
    const [protocol, part, detector, metric, ...rest] = path.split(" / ");
    const figure =
      rest.length > 0 ? undefined : this.record.protocols[protocol]?.[part]?.[detector]?.[metric];
    return figure && seeds.map((seed) => figure.values[this.record.seeds.indexOf(seed)]);
  }

  /** The claim that `shown` is the figure's value with one seed. */
  ofSeed(path: string, shown: string, seed = 1): Claim {
    return { name: `${path}, seed ${seed}`, shown, recorded: this.values(path, [seed])?.[0] };
  }

  /** The claims of a text such as `0.9738 ± 0.0018`, or of the mean alone. */
  ofSeeds(path: string, shown: string, seeds?: readonly number[]): Claim[] {
    const values = this.values(path, seeds);
    const [centre, deviation] = shown.split(" ± ");
    const name = `${path}, ${seeds ? `seeds ${seeds.join(", ")}` : "all seeds"}`;
    return [
      { name: `mean of ${name}`, shown: centre, recorded: values && mean(values) },
      ...(deviation === undefined
        ? []
        : [
            {
              name: `deviation of ${name}`,
              shown: deviation,
              recorded: values && sampleStandardDeviation(values),
            },
          ]),
    ];
  }
}

/** Everything that a notebook's code printed or showed, as text. */
export function printedTexts(notebook: Notebook): string[] {
  return outputsOf(notebook).flatMap((output) => {
    if (output.output_type === "stream") return [output.text];
    return "data" in output ? [String(output.data["text/plain"] ?? "")] : [];
  });
}

/**
 * The claims of frames whose rows are called as in the record, as `metricsFrame` does: `novelty / corrected /
 * autoencoder`, of seed 1, or after `seeds 1–3 / ` means and deviations.
 */
export function frameClaims(notebook: Notebook, figures: Figures): Claim[] {
  const rowName = /^(?:seeds (?<first>\d+)–(?<last>\d+) \/ )?(?<path>(?:novelty|mixed|literature) \/ .+)$/;
  return printedTexts(notebook).flatMap((printed) => {
    const [header, ...rows] = printed.split("\n").map((line) => line.trim().split(/ {2,}/));
    return rows.flatMap(([name, ...cells]) => {
      const groups = rowName.exec(name)?.groups;
      if (!groups) return [];
      return cells.flatMap((text, i): Claim[] => {
        const path = `${groups.path} / ${header[i]}`;
        const cell = text === "nothing flagged" ? "0.0000" : text; // what verdicts are worth that flag no row
        if (cell === "–") {
          const recorded = figures.values(path)?.[0];
          return recorded === undefined ? [] : [{ name: path, shown: cell, recorded }];
        }
        if (!groups.first) return [figures.ofSeed(path, cell)];
        const [first, last] = [Number(groups.first), Number(groups.last)];
        return figures.ofSeeds(
          path,
          cell,
          Array.from({ length: last - first + 1 }, (_, s) => first + s),
        );
      });
    });
  });
}

/** The claims of the legends of ROC and precision–recall figures of the novelty protocol with seed 1. */
export function legendClaims(notebook: Notebook, figures: Figures): Claim[] {
  const protocol = /^Fit on 80 % of the normal rows of KDD'99 \(10 %\),.* scored on KDD'99 corrected$/;
  const metrics = new Map([
    ["AUC", "rocAuc"],
    ["AP", "averagePrecision"],
  ]);
  const nameOf = new Map(modelStyles(judgedNames).map(({ title }, i) => [title, judgedNames[i]]));
  return outputsOf(notebook).flatMap((output) => {
    const figure = "data" in output ? (output.data["application/vnd.plotly.v1+json"] as Drawn) : undefined;
    const [title, ...words] =
      figure?.layout.title?.text
        .replace(/<(?!br>)[^>]*>/g, "")
        .split("<br>")
        .map(unescapeHtml) ?? [];
    if (!figure || !["ROC curves", "Precision–recall curves"].includes(title)) return [];
    if (!protocol.test(words.join(" "))) return [];
    return figure.data.flatMap(({ name = "" }) => {
      const [, model, metric, shown] = /^(.+) · (AUC|AP) (\d\.\d+)$/.exec(name) ?? [];
      const detector = nameOf.get(model);
      return detector
        ? [figures.ofSeed(`novelty / corrected / ${detector} / ${metrics.get(metric)}`, shown)]
        : [];
    });
  });
}

interface Drawn {
  readonly data: readonly { readonly name?: string }[];
  readonly layout: { readonly title?: { readonly text: string } };
}

function outputsOf(notebook: Notebook): Output[] {
  return codeCells(notebook).flatMap(({ outputs }) => [...outputs]);
}

/** What a notebook on other data than KDD'99 shows that speaks of that, but for sentences, which may compare. */
export function foreignWords(notebook: Notebook): string[] {
  const shown = codeCells(notebook).flatMap(({ outputs, execution_count }) =>
    outputs.flatMap((output) => {
      if (output.output_type === "stream") return [[execution_count, output.text]];
      if (!("data" in output) || "text/markdown" in output.data) return [];
      const { "text/plain": words, "application/vnd.plotly.v1+json": figure } = output.data;
      return [[execution_count, `${words}${figure ? JSON.stringify(figure) : ""}`]];
    }),
  );
  return shown.flatMap(([cell, text]) => {
    const [words] = /.{0,80}(?:KDD|\bcorrected\b|10-percent|10 % set|UNSW).{0,40}/.exec(String(text)) ?? [];
    return words ? [`cell [${cell}]: ${words}`] : [];
  });
}

/**
 * Numbers in a notebook's prose that neither its outputs nor its code have, each with its paragraph; rounding is allowed. What
 * stands there for simulated traffic, and what an exercise asks, is not read.
 */
export function unprintedNumbers(notebook: Notebook): string[] {
  const written = codeCells(notebook).map(({ source }) => source.replace(/(?<=\d)_(?=\d)/g, ""));
  const printed = [...printedTexts(notebook), ...written].flatMap((text) =>
    Array.from(text.matchAll(/\d+(?:\.\d+)?/g), ([number]) => Number(number)),
  );
  return notebook.cells
    .filter(({ cell_type, source }) => cell_type === "markdown" && !source.startsWith("### Exercise "))
    .flatMap(({ source }) => source.replace(/<!--[\s\S]*?-->/g, "").split("\n"))
    .flatMap((paragraph) =>
      proseNumbers(paragraph)
        .filter(({ text, perCent }) => {
          const decimals = text.split(".")[1]?.length ?? 0;
          const equals = (value: number) => value.toFixed(decimals) === text;
          return !printed.some((value) => equals(value) || (perCent && equals(100 * value)));
        })
        .map(({ text }) => `${text} in: ${paragraph}`),
    );
}

/**
 * The measured numbers of a paragraph: with two decimals or more, or above a hundred. Powers of ten, years, code, formulas, links
 * and entries of the bibliography are none.
 */
function proseNumbers(paragraph: string): { text: string; perCent: boolean }[] {
  if (/^- \*\*[^*]+ \d{4}\w?\*\* · /.test(paragraph)) return [];
  const prose = paragraph
    .replace(/`[^`]*`|\$[^$]*\$|\]\((?:[^()]|\([^()]*\))*\)/g, " ")
    .replace(/\b(?:19|20)\d\d\b/g, " ");
  return Array.from(
    prose.matchAll(/(?<![\d.'A-Za-z-])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?![\d'A-Za-z])( %)?/g),
    ([, whole, fraction = "", perCent]) => ({
      text: whole.replaceAll(",", "") + fraction,
      perCent: Boolean(perCent),
    }),
  ).filter(({ text }) => /\.\d\d/.test(text) || (Number(text) >= 100 && !/^10+$/.test(text)));
}
