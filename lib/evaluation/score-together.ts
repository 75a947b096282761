import { isDeepStrictEqual } from "node:util";
import { valuesAt } from "../common/values-at";
import { equalRowsInTurns } from "../data/distinct";
import type { Rows, Table } from "../data/table";
import type { Autoencoder } from "../models/autoencoder/autoencoder";
import { type Combined, combine } from "../models/combined/combined";
import type { ScoreOptions } from "../models/detector";
import type { StudyDetectorName } from "../models/detectors";
import type { IsolationForest } from "../models/isolation-forest/isolation-forest";
import { ownScores, type PreprocessedDetector, withNovelty } from "../models/model";

/** Two models, and both combined; and scores of all rows of tables, in the order of these. */
export interface ScoredTogether {
  readonly both: PreprocessedDetector<Combined>;
  readonly scores: Readonly<Record<StudyDetectorName, readonly Float64Array[]>>;
}

/**
 * Combines two models of the same rows and preprocessing, and scores all rows of tables with each of the three: as the
 * combined detector takes what the two give, each row is scored once by each of them, and so is a row that repeats.
 *
 * @param tables the first is what the models were fitted on
 * @param heldOutRows of the first: rows like those that the models were fitted on
 * @throws {RangeError} unless the models have the same preprocessing
 */
export async function scoreTogether(
  forest: PreprocessedDetector<IsolationForest>,
  network: PreprocessedDetector<Autoencoder>,
  tables: readonly Table[],
  heldOutRows: Rows,
  options: ScoreOptions,
): Promise<ScoredTogether> {
  const { preprocessor } = forest;
  if (!isDeepStrictEqual(preprocessor, network.preprocessor))
    throw new RangeError("models that are combined must have the same preprocessing");
  const members = [forest.detector, network.detector] as const;
  const scored: {
    readonly places: Uint32Array;
    readonly novel: Uint16Array;
    readonly own: Float64Array[];
  }[] = [];
  for (const table of tables) {
    const { distinct, places } = await equalRowsInTurns(table, options.signal);
    const novel = new Uint16Array(distinct.length); // the same of both, whose preprocessing is one
    const own = await ownScores({ detectors: members, preprocessor }, table, distinct, options, [], novel);
    scored.push({ places, novel, own });
  }
  const [{ places, own }] = scored;
  const heldOut = heldOutRows.map((row) => places[row]);
  const detector = combine(
    members,
    own.map((scores) => valuesAt(scores, heldOut)),
  );
  const scoresBy = (model: PreprocessedDetector, scoresOf: (own: Float64Array[]) => Float64Array) =>
    scored.map(({ places, novel, own }) =>
      valuesAt(withNovelty(model.detector, scoresOf(own), novel), places),
    );
  const both = { detector, preprocessor };
  return {
    both,
    scores: {
      "isolation-forest": scoresBy(forest, ([scores]) => scores),
      autoencoder: scoresBy(network, ([, scores]) => scores),
      combined: scoresBy(both, (own) => detector.scoresOf(own)),
    },
  };
}
