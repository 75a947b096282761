import { capitalised, formatCount, formatRows, formatShare } from "../common/format";
import { equalRows } from "../data/distinct";
import { countLabels } from "../data/label-groups";
import type { Table } from "../data/table";
import { flagsNothing, type Metrics } from "../evaluation/metrics";
import type { NoveltyStudy } from "../evaluation/protocols";
import { studyDetectors } from "../models/detectors";
import { promisedRate } from "../models/threshold";
import { modelTitle } from "../visualize/palette";
import { datasetTitle, type StudyData } from "./data";
import type { RunMetrics } from "./results";

/** Rows of a kind of anomaly below which its recall says little. */
const fewRows = 30;
/** A promise that is exceeded by this factor was broken, not missed by chance. */
const broken = 1.5;

/** Reasons to distrust the figures of a study, in sentences with their numbers. */
export function distrust(
  study: NoveltyStudy,
  data: StudyData,
  { protocols, repeats, unlabelled }: RunMetrics,
  notices: readonly string[],
): string[] {
  const { train, test, titles } = data;
  return [
    ...(data.simulated ? ["The traffic is simulated: what holds of it need not hold of any network."] : []),
    ...repeatedRows(train, titles.train),
    ...(test ? repeatedRows(test, titles.test ?? "the test file") : []),
    ...Object.entries(protocols.novelty)
      .reverse()
      .flatMap(([part, by]) => verdictDoubts(study, part, by)),
    ...flaggedUnlabelled(study, unlabelled?.flaggedShare ?? {}),
    ...unseenNames(study, test),
    ...rareKinds(test ?? train),
    ...skipped(data),
    ...notices.map((notice) => `${capitalised(notice)}.`),
    ...(repeats || !train.labels
      ? []
      : ["One seed was run: how far the figures would move with another is not known (--repeats 5 tells)."]),
  ];
}

function repeatedRows(table: Table, title: string): string[] {
  const repeated = table.rows - equalRows(table).distinct.length;
  if (repeated === 0) return [];
  const beside = table.labels ? "; the deduplicated figures count each once" : "";
  return [
    `Duplicates: ${formatCount(repeated)} of the ${formatRows(table.rows)} of ${title} (${formatShare(repeated / table.rows)}) repeat an earlier one in every feature, so that rows that repeat count for more${beside}.`,
  ];
}

/** Broken promises, detectors that flag nothing, and baselines that are better. */
function verdictDoubts(
  { models }: NoveltyStudy,
  part: string,
  by: Readonly<Record<string, Metrics>>,
): string[] {
  const where = part === "holdout" ? "the held-out part" : datasetTitle(part);
  const measured = studyDetectors.map(({ kind }) => ({
    kind,
    metrics: by[kind],
    threshold: models[kind].threshold,
  }));
  const drifted = measured
    .filter(
      ({ metrics: { falseAlarmRate = 0 }, threshold }) => falseAlarmRate > broken * promisedRate(threshold),
    )
    .map(
      ({ kind, metrics: { falseAlarmRate = 0 }, threshold }) =>
        `${modelTitle(kind)} ${formatShare(falseAlarmRate)} (promised ${formatShare(promisedRate(threshold))})`,
    );
  const silent = Object.entries(by).filter(([, metrics]) => flagsNothing(metrics));
  const best = Math.max(...measured.map(({ metrics }) => metrics.rocAuc));
  const better = Object.entries(by).filter(
    ([name, { rocAuc }]) => name.startsWith("baseline:") && rocAuc > best,
  );
  const [{ metrics }] = measured;
  const share = metrics.confusion && shareOfAnomalies(metrics.confusion);
  return [
    ...(drifted.length > 0
      ? [
          `Drift: the normal rows of ${where} are flagged more often than promised, so they differ from those learned from: ${drifted.join(", ")}.`,
        ]
      : []),
    ...(share !== undefined && share > 0.5
      ? [
          `${formatShare(share)} of the rows of ${where} are anomalous, as on no network: flagging every row has that precision.`,
        ]
      : []),
    ...silent.map(
      ([name]) =>
        `${modelTitle(name)} flags no row of ${where}: more normal rows than the budget share its highest score.`,
    ),
    ...better.map(
      ([name, { rocAuc }]) =>
        `${modelTitle(name)} ranks the rows of ${where} better than every model (ROC AUC ${rocAuc.toFixed(4)}, the models at most ${best.toFixed(4)}).`,
    ),
  ];
}

function shareOfAnomalies(confusion: NonNullable<Metrics["confusion"]>): number {
  const { truePositive, falseNegative, falsePositive, trueNegative } = confusion;
  const anomalous = truePositive + falseNegative;
  return anomalous / Math.max(1, anomalous + falsePositive + trueNegative);
}

/** Without labels: files of which more is flagged than was promised. */
function flaggedUnlabelled(
  { models }: NoveltyStudy,
  shares: Readonly<Record<string, Readonly<Record<string, number>>>>,
): string[] {
  return Object.entries(shares).flatMap(([part, by]) =>
    studyDetectors.flatMap(({ kind }) => {
      const promised = promisedRate(models[kind].threshold);
      if (part === "holdout" || by[kind] <= broken * promised) return [];
      return [
        `Drift: ${modelTitle(kind)} flags ${formatShare(by[kind])} of ${datasetTitle(part)}, where ${formatShare(promised)} of rows like those learned from was promised: it holds anomalies, or has changed.`,
      ];
    }),
  );
}

function unseenNames({ unseen }: NoveltyStudy, test: Table | undefined): string[] {
  if (!test || unseen.length === 0) return [];
  const named = unseen
    .slice(0, 5)
    .map(({ feature, category, rows }) => `${feature} ${category} (${formatRows(rows)})`)
    .join(", ");
  return [
    `Drift: the test file has ${formatCount(unseen.length)} names that the rows learned from do not have: ${named}${unseen.length > 5 ? " and others" : ""}.`,
  ];
}

function rareKinds({ labels }: Table): string[] {
  if (!labels) return [];
  const kinds = Object.entries(countLabels(labels)).filter(([label]) => label !== "normal");
  const rare = kinds.filter(([, rows]) => rows < fewRows);
  if (rare.length === 0) return [];
  return [
    `Few rows: ${rare.length} of the ${kinds.length} kinds of anomaly have fewer than ${fewRows} rows, so that their recall is that of single cases.`,
  ];
}

function skipped({ trainSource, testSource }: StudyData): string[] {
  return [trainSource, testSource].flatMap((source) => {
    const rows = source?.skippedRows.length ?? 0;
    return source && rows > 0
      ? [`${formatRows(rows)} of ${source.name} could not be read and were left out.`]
      : [];
  });
}
