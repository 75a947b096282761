import type { Command } from "commander";
import { detectorTitle } from "../models/detectors";
import type { ComparedFigure, ComparedValue, Comparison, Difference } from "../study/compare";
import { addCommand, answering } from "./command";

/** The command `compare`. */
export function addCompareCommand(program: Command): void {
  addCommand(program, "compare")
    .description("Compare runs: their figures, differences beyond the noise of seeds, settings that differ.")
    .argument("<run...>", "folders that run wrote its results to, such as outputs")
    .action(
      answering<string[]>(async (_, __, folders) => {
        const { compareRuns } = await import("../study/compare.js");
        const comparison = await compareRuns(folders);
        return { text: comparisonReport(comparison), value: comparison };
      }),
    );
}

/** Figures that are printed; --json has all. */
const printed = ["ROC AUC", "ROC AUC, deduplicated", "F1", "recall", "false alarms", "share flagged"];

/** A comparison, for people. */
export function comparisonReport({ runs, settings, figures }: Comparison): string {
  const shown = figures.filter(({ figure }) => printed.includes(figure));
  const protocols = [...new Set(shown.map(({ protocol }) => protocol))];
  return [
    ...runs.map(
      ({ folder, seeds }, i) =>
        `${name(i)}: ${folder}, ${seeds.length > 1 ? `seeds ${seeds.join(", ")}, mean ± sd` : `seed ${seeds[0]}`}`,
    ),
    "",
    settings.length > 0 ? "Settings that differ:" : "No setting differs.",
    ...settings.map(
      (setting) =>
        `  ${setting.name}: ${setting.values.map((value, i) => `${name(i)} ${value ?? "–"}`).join(", ")}`,
    ),
    ...(settings.some(({ name }) => name === "dataset.sha256")
      ? ["The runs learned from different data, which alone may make their figures differ."]
      : []),
    ...protocols.flatMap((protocol) => [
      "",
      protocol,
      ...shown.filter((figure) => figure.protocol === protocol).map(figureLine),
    ]),
    "",
    noiseSentence(figures),
    "--json has more figures.",
  ].join("\n");
}

function figureLine({ detector, figure, values, differences }: ComparedFigure): string {
  const cells = [...values.map(valueText), ...differences.map(differenceText)];
  return `  ${`${detectorTitle(detector)}, ${figure}`.padEnd(46)}${cells.map((cell) => cell.padStart(19)).join("")}`;
}

function valueText({ value, standardDeviation }: ComparedValue): string {
  if (value === undefined) return "–";
  return value.toFixed(4) + (standardDeviation === undefined ? "" : ` ± ${standardDeviation.toFixed(4)}`);
}

/** `+0.0123 *` where it is beyond the noise of seeds, `+0.0123 ?` where that is not known. */
function differenceText(found: Difference | undefined): string {
  if (!found) return "–";
  const { difference, noise } = found;
  const mark = noise === undefined ? "?" : Math.abs(difference) > noise ? "*" : " ";
  return `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(4)} ${difference === 0 ? " " : mark}`;
}

function noiseSentence(figures: readonly ComparedFigure[]): string {
  const known = figures.some(({ differences }) => differences.some((found) => found?.noise !== undefined));
  return known
    ? "After the figures, their differences from A. *: more than 95 of 100 that seeds alone make, by the deviation over seeds of the runs that have several; ?: one seed each, so that noise is not known."
    : "After the figures, their differences from A. ?: one seed each, so that noise is not known: run with --repeats 5.";
}

/** A, B, …, Z, run 27. */
function name(run: number): string {
  return run < 26 ? String.fromCharCode(65 + run) : `run ${run + 1}`;
}
