import { mean } from "simple-statistics";
import { valuesAt } from "../common/values-at";
import { equalRows } from "../data/distinct";
import { rowNumbers, type Source } from "../data/source";
import type { Table } from "../data/table";
import type { NoveltyStudy, StudyScores } from "../evaluation/protocols";
import { ofEach, type StudyDetectorName, studyDetectors } from "../models/detectors";
import type { Model } from "../models/model";
import { pValues } from "../models/p-values";
import { type Reason, rowReasons, typicalTexts } from "../models/reasons";
import { verdicts } from "../models/threshold";
import { type StudyData, testName } from "./data";

/** What models say of rows that nobody has labelled. */
export interface UnlabelledFindings {
  /** The share of rows that each detector flags: of those of the training file that were held out, and of the test file by its name. */
  readonly flaggedShare: Readonly<Record<string, Readonly<Record<StudyDetectorName, number>>>>;
  /** Of each file, the first rows by the score of both models together. */
  readonly mostAnomalous: readonly AnomalousRow[];
}

/** A row that stands out, and why. */
export interface AnomalousRow {
  /** The file that it is in, as results name it. */
  readonly dataset: string;
  /** Its number in the file, from 1. */
  readonly row: number;
  /** Whether models were fitted on it: `fit`, `holdout` or `test`. For a row that was fitted on, the p-value says little. */
  readonly part: "fit" | "holdout" | "test";
  readonly score: number;
  readonly pValue: number;
  readonly anomaly: boolean;
  /** What raised the score most, with its share of that. */
  readonly reasons: readonly Reason[];
}

/** For each file: this many rows, and this many reasons for each. */
const mostRows = 20;
const mostReasons = 5;

/** What a study can tell without labels: how many rows are flagged, and which stand out most. */
export async function unlabelledFindings(study: NoveltyStudy, data: StudyData): Promise<UnlabelledFindings> {
  const { models, fitRows, holdoutRows } = study;
  const { train, trainSource, test, testSource } = data;
  const usual = typicalTexts(train, fitRows);
  const flaggedShare = (scoresOf: (study: StudyScores) => Float64Array) =>
    ofEach(studyDetectors, (_, name) => {
      const { threshold } = models[name];
      return mean(Array.from(verdicts(scoresOf(models[name]), threshold)));
    });
  const fitted = new Set(fitRows);
  const { combined } = models;
  const inTraining = mostAnomalousRows(combined, train, combined.trainingScores, usual).map(
    ({ index, ...found }): AnomalousRow => ({
      dataset: trainSource.name,
      row: numberOf(trainSource, index),
      part: fitted.has(index) ? "fit" : "holdout",
      ...found,
    }),
  );
  const holdout = await flaggedShare(({ trainingScores }) => valuesAt(trainingScores, holdoutRows));
  const name = testName(data);
  if (!test || !testSource || !name) return { flaggedShare: { holdout }, mostAnomalous: inTraining };
  const inTest = mostAnomalousRows(combined, test, combined.testScores!, usual).map(
    ({ index, ...found }): AnomalousRow => ({
      dataset: name,
      row: numberOf(testSource, index),
      part: "test",
      ...found,
    }),
  );
  return {
    flaggedShare: { holdout, [name]: await flaggedShare(({ testScores }) => testScores!) },
    mostAnomalous: [...inTraining, ...inTest],
  };
}

function numberOf(source: Source, index: number): number {
  return rowNumbers(source, index, index + 1)[0];
}

/**
 * The rows of a table with the highest scores, by their places in it, the highest first, and what raised them; of rows that are
 * equal in all features only the first.
 *
 * @param usual of `typicalTexts`, over rows that the model was fitted on
 */
function mostAnomalousRows(
  model: Model,
  table: Table,
  scores: Float64Array,
  usual: ReadonlyMap<string, string>,
) {
  const { distinct } = equalRows(table);
  const rows = distinct
    .slice()
    .sort((a, b) => scores[b] - scores[a] || a - b)
    .subarray(0, mostRows);
  const found = valuesAt(scores, rows);
  const [p, anomalous] = [pValues(found, model.threshold), verdicts(found, model.threshold)];
  return Array.from(rows, (index, i) => ({
    index,
    score: found[i],
    pValue: p[i],
    anomaly: anomalous[i] === 1,
    reasons: rowReasons(model, table, index, usual)
      .filter(({ contribution }) => contribution > 0)
      .slice(0, mostReasons),
  }));
}
