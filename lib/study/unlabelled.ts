import { mean } from "simple-statistics";
import { valuesAt } from "../common/values-at";
import { rowNumbers } from "../data/source";
import type { Table } from "../data/table";
import type { NoveltyStudy, StudyScores } from "../evaluation/protocols";
import { ofEach, type StudyDetectorName, studyDetectors } from "../models/detectors";
import { typicalTexts } from "../models/reasons";
import { verdicts } from "../models/threshold";
import { type StudyData, testName } from "./data";
import { type AnomalousRow, MostAnomalous } from "./most-anomalous";

/** What models say of rows that nobody has labelled. */
export interface UnlabelledFindings {
  /** The share of rows that each detector flags: of those of the training file that were held out, and of the test file by its name. */
  readonly flaggedShare: Readonly<Record<string, Readonly<Record<StudyDetectorName, number>>>>;
  /** Of each file, the first rows by the score of both models together. */
  readonly mostAnomalous: readonly StudiedRow[];
}

/** A row of one of the files. */
export interface StudiedRow extends AnomalousRow {
  /** The file that it is in, as results name it. */
  readonly dataset: string;
  /** Whether models were fitted on it: `fit`, `holdout` or `test`. For a row that was fitted on, the p-value says little. */
  readonly part: "fit" | "holdout" | "test";
}

/** What a study can tell without labels: how many rows are flagged, and which stand out most. */
export async function unlabelledFindings(study: NoveltyStudy, data: StudyData): Promise<UnlabelledFindings> {
  const { models, holdoutRows } = study;
  const flaggedShare = (scoresOf: (study: StudyScores) => Float64Array) =>
    ofEach(studyDetectors, (_, name) => {
      const { threshold } = models[name];
      return mean(Array.from(verdicts(scoresOf(models[name]), threshold)));
    });
  const holdout = await flaggedShare(({ trainingScores }) => valuesAt(trainingScores, holdoutRows));
  const name = testName(data);
  const onTest = name && data.test && (await flaggedShare(({ testScores }) => testScores!));
  return {
    flaggedShare: { holdout, ...(name && onTest && { [name]: onTest }) },
    mostAnomalous: mostAnomalousRows(study, data),
  };
}

/** Of each file, the first rows by the score of both models together. */
export function mostAnomalousRows(
  { models: { combined }, fitRows }: NoveltyStudy,
  data: StudyData,
): StudiedRow[] {
  const { train, trainSource, test, testSource } = data;
  const usual = typicalTexts(train, fitRows);
  const mostAnomalous = (table: Table, numbers: Uint32Array, scores: Float64Array) => {
    const found = new MostAnomalous();
    found.add(table, numbers, scores);
    return found.explained(combined, usual);
  };
  const numbers = rowNumbers(trainSource, 0, train.rows);
  const fitted = new Set(fitRows.map((row) => numbers[row]));
  const inTraining = mostAnomalous(train, numbers, combined.trainingScores).map(
    (found): StudiedRow => ({
      dataset: trainSource.name,
      part: fitted.has(found.row) ? "fit" : "holdout",
      ...found,
    }),
  );
  const name = testName(data);
  if (!test || !testSource || !name) return inTraining;
  const inTest = mostAnomalous(test, rowNumbers(testSource, 0, test.rows), combined.testScores!).map(
    (found): StudiedRow => ({ dataset: name, part: "test", ...found }),
  );
  return [...inTraining, ...inTest];
}
