import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatCount } from "../common/format";
import { readPlainFile } from "../common/plain-file";
import { oneLine } from "../common/shown";
import type { Preprocessor } from "../preprocess/preprocessor";
import { detectorKind, studyDetectors } from "./detectors";
import type { Manifest, TrainingRecord } from "./model";
import { fewRowsNotice, promisedRate, type Threshold } from "./threshold";

/**
 * The card of a model folder, for people: what the model is and how to use it. The manifest doesn't list it, so that notes in it
 * damage nothing.
 */
export const cardName = "README.md";

/** Names, figures and the like of which a card tells; the other files of the folder have all. */
const told = { features: 50, parts: 8, characters: 200 };

const seal = /^<!-- Written by traffic-anomaly, which keeps a changed copy: (\w+) -->\n/;
const mostCardBytes = 2 ** 17;

/** A card as it is written, with the checksum by which {@link isOwnCard} knows whether somebody has changed it. */
export function sealedCard(lines: readonly string[]): string {
  const text = Buffer.from(`${lines.join("\n")}\n`).toString(); // half a pair of surrogates is no UTF-8
  return `<!-- Written by traffic-anomaly, which keeps a changed copy: ${sha256(text)} -->\n${text}`;
}

/** Whether a folder's card is as this program wrote it; else it is its user's. */
export async function isOwnCard(folder: string): Promise<boolean> {
  try {
    const text = Buffer.from(await readPlainFile(join(folder, cardName), mostCardBytes)).toString();
    const [line, sum] = seal.exec(text) ?? [];
    return line !== undefined && sha256(text.slice(line.length)) === sum;
  } catch {
    return false; // none, or none that could be ours
  }
}

/** The card of a model with one detector. @param manifestJson as it stands in the folder */
export function modelCard(manifestJson: string, preprocessor: Preprocessor, threshold: Threshold): string {
  const manifest = JSON.parse(manifestJson) as Manifest;
  const { kind, libraryVersion, dataset, features, settings, seed } = manifest;
  const { title, blindSpot } = detectorKind(kind);
  const doubt = fewRowsNotice(threshold);
  return sealedCard([
    `# Model: ${title}`,
    "",
    `An anomaly detector of traffic-anomaly ${libraryVersion}, fitted without attack labels, with its preprocessing and threshold. It`,
    `judges rows of tables by ${formatCount(features.length)} features: ${listed(features)}. A row is`,
    `anomalous if its score is greater than ${threshold.value}.`,
    "",
    "## Data",
    "",
    dataset
      ? `${code(dataset.name)}, ${formatCount(dataset.rows)} rows, SHA-256 ${code(dataset.sha256)}.`
      : "Not recorded.",
    "",
    "## Settings",
    "",
    ...Object.entries({ ...settings, seed, preprocessing: preprocessor.options }).map(
      ([name, value]) => `- ${name}: ${code(JSON.stringify(value))}`,
    ),
    "",
    "## False alarms and figures",
    "",
    `Promised: ${promise(threshold)}`,
    ...(doubt ? ["", `But ${doubt}.`] : []),
    "",
    ...figures(manifest),
    "",
    "## Blind spots",
    "",
    `- ${blindSpot}`,
    ...commonBlindSpots,
    "",
    "## Use",
    "",
    ...use(manifest),
    "",
    `Of the model whose \`manifest.json\` has the SHA-256 \`${sha256(manifestJson)}\`.`,
  ]);
}

/** What a threshold promises, as a sentence. @param detectors that share the rate */
export function promise(threshold: Pick<Threshold, "rate" | "rows">, detectors = 1, what = "rows"): string {
  const [promised, asked] = [promisedRate(threshold), threshold.rate].map((rate) =>
    percent(detectors * rate),
  );
  return `at most ${promised} of ${what} like the ${formatCount(threshold.rows)} that were held out, in expectation (asked for: ${asked}).`;
}

/** What no detector sees. */
export const commonBlindSpots: readonly string[] = [
  "- Attacks among the rows that it learned from count as usual.",
  "- Nothing is promised of other traffic than it learned from: where the usual changes, train again.",
];

/** What was measured when the model was trained, by what it was measured on. */
export function figures({ metrics = {} }: Pick<TrainingRecord, "metrics">): string[] {
  const columns = { rocAuc: "ROC AUC", averagePrecision: "average precision", f1: "F1" };
  const all = { ...columns, falseAlarmRate: "false alarms" };
  const rows = Object.entries(metrics).flatMap(([part, found]) => {
    const values = Object.keys(all).map((name) => (found as Record<string, unknown> | null)?.[name]);
    if (!values.some((value) => typeof value === "number")) return [];
    const cells = values.map((value) => (typeof value === "number" ? value.toFixed(4) : "–"));
    return [`| ${code(part).replaceAll("|", "\\|")} | ${cells.join(" | ")} |`];
  });
  if (rows.length === 0) return ["Measured: nothing, as no attacks with labels were at hand."];
  return [
    "Measured in training, at this threshold:",
    "",
    `| on | ${Object.values(all).join(" | ")} |`,
    "|---|---|---|---|---|",
    ...rows.slice(0, told.parts),
    ...("holdout" in metrics
      ? [
          "",
          "By the novelty protocol: fitted on 80 % of the normal rows, threshold from the other 20 %. `holdout` is those 20 % and all",
          "that are not normal; another name is a test file. `metrics.json` of the run has the figures of all protocols.",
        ]
      : []),
  ];
}

/** How to load a model here and elsewhere. */
function use({ kind }: Manifest): string[] {
  const isNetwork = detectorKind(kind).files.includes("model.json");
  const isExported = studyDetectors.some((detector) => detector.kind === kind);
  return [
    "`FOLDER` stands for this one.",
    "",
    "```sh",
    "npx traffic-anomaly score other.csv --model FOLDER",
    ...(isExported ? ["npx traffic-anomaly export FOLDER --out model.onnx"] : []),
    "```",
    "",
    "```ts",
    'import { judge, loadModel, readTable } from "traffic-anomaly";',
    'const { scores, anomalous } = await judge(await loadModel("FOLDER"), await readTable("other.csv"));',
    "```",
    "",
    isExported
      ? "In ONNX: `export` writes one file with preprocessing, or says why it can't; onnxruntime 1.21 and later run it."
      : "In ONNX: this kind of detector is not exported.",
    isNetwork
      ? '\nIn TensorFlow.js: `tf.loadLayersModel("file://FOLDER/model.json")` is the network alone. It takes the numbers that\n`transform(preprocessor, table)` makes of rows, and gives them back as well as it can.'
      : "\nIn TensorFlow.js: not at all, as it is no network.",
  ];
}

/** A stranger's text as Markdown shows it: on one line, with nothing in it that means something. */
export function code(text: string): string {
  const { characters } = told;
  const line = oneLine(text.length > characters ? `${text.slice(0, characters)}…` : text);
  const fence = "`".repeat(1 + Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)));
  return fence.length === 1 && line.trim() ? `\`${line}\`` : `${fence} ${line} ${fence}`;
}

function listed(features: readonly string[]): string {
  const more = features.length - told.features;
  const names = features.slice(0, told.features).map(code).join(", ");
  return more > 0 ? `${names} and ${formatCount(more)} more in \`manifest.json\`` : names;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
