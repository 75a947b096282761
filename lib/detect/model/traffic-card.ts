import { formatCount } from "../../common/format";
import { libraryVersion } from "../../common/version";
import { ofEachDetector, trainedDetectors } from "../../models/detectors";
import { code, commonBlindSpots, figures, promise, sealedCard } from "../../models/model-card";
import { formNamed } from "../../traffic/logs/formats";
import { rowsTitle, viewsOf } from "../views/view-model";
import type { TrafficModel } from "./traffic-model";

/** The card of a traffic model: see `model-card.ts`. @param doubts what there is to say against its promises */
export async function trafficCard(model: TrafficModel, doubts: readonly string[]): Promise<string> {
  const { detectors, logs, logForm, windows } = model;
  const [{ threshold, training, preprocessor }] = Object.values(detectors);
  const views = viewsOf(model.views).map(([name, { remembered }]) => rowsTitle(name, remembered));
  const metrics = await ofEachDetector((_, name) => detectors[name]?.training.metrics?.heldOut);
  const settings = await ofEachDetector((_, name) => detectors[name]?.detector.settings);
  return sealedCard([
    "# Model of traffic",
    "",
    `What is usual in logs of connections, as traffic-anomaly ${libraryVersion} learned it: ${trainedDetectors.map(({ title }) => title).join(" and ")},`,
    `on ${preprocessor.steps.length} features of each connection. What one of them finds anomalous is an alert.`,
    ...(views.length > 0 ? [`They judge ${views.join(" and ")}, too.`] : []),
    "",
    "## Data",
    "",
    `${formNamed(logForm).title}: ${formatCount(training.dataset?.rows ?? 0)} connections; where some are labelled as attacks, it learned from the others. Logs, with SHA-256:`,
    "",
    ...logs.slice(0, mostLogs).map(({ name, sha256 }) => `- ${code(name)}, ${code(sha256)}`),
    ...(logs.length > mostLogs
      ? [`- and ${formatCount(logs.length - mostLogs)} more in \`traffic.json\``]
      : []),
    "",
    "## Settings",
    "",
    ...Object.entries({ seed: training.seed, ...settings, preprocessing: preprocessor.options, windows }).map(
      ([name, value]) => `- ${name}: ${code(JSON.stringify(value))}`,
    ),
    "",
    "## False alarms and figures",
    "",
    `Promised of all detectors together: ${promise(threshold, trainedDetectors.length, "connections")}`,
    ...doubts.flatMap((doubt) => ["", `But ${doubt}.`]),
    "",
    ...figures({ metrics }),
    "",
    "What share of all connections each detector flags is in `diagnostics.json` and `report.html` beside the model's other results.",
    "",
    "## Blind spots",
    "",
    ...trainedDetectors.map(({ title, blindSpot }) => `- ${title}: ${blindSpot}`),
    ...commonBlindSpots,
    "- It knows of connections what their logs tell, not what was sent in them.",
    "",
    "## Use",
    "",
    ...use,
  ]);
}

const mostLogs = 10;

const use: readonly string[] = [
  "`FOLDER` stands for this one.",
  "",
  "```sh",
  "npx traffic-anomaly score conn.log --model FOLDER > alerts.jsonl",
  ...trainedDetectors.map(
    ({ kind }) => `npx traffic-anomaly export FOLDER/${kind} --out ${kind}.onnx    # takes the features`,
  ),
  "```",
  "",
  "```ts",
  'import { loadTrafficModel } from "traffic-anomaly";',
  'const { detectors, views } = await loadTrafficModel("FOLDER");',
  "```",
  "",
  "In ONNX: one detector a file, for onnxruntime 1.21 and later; what computes the windows stays here. In TensorFlow.js:",
  '`tf.loadLayersModel("file://FOLDER/autoencoder/model.json")` is the network alone. It takes the numbers that',
  "`transform(preprocessor, table)` makes of rows, and gives them back as well as it can.",
];
