import { isDeepStrictEqual } from "node:util";
import type { Table } from "../../data/table";
import { lazyTransform } from "../../preprocess/preprocessor";
import type { Autoencoder } from "../autoencoder/autoencoder";
import type { ScoreOptions } from "../detector";
import type { FittedModel } from "../fit-model";
import type { IsolationForest } from "../isolation-forest/isolation-forest";
import { scoreTable } from "../model";
import { chooseThreshold } from "../threshold";
import { type Combined, combine } from "./combined";

/**
 * Combines two models of the same rows and preprocessing: what `fitModel` of the combined detector would give, without
 * fitting anything again.
 *
 * @throws {RangeError} unless they have the same preprocessing and held-out rows
 */
export async function combineModels(
  forest: FittedModel<IsolationForest>,
  network: FittedModel<Autoencoder>,
  table: Table,
  options: ScoreOptions = {},
): Promise<FittedModel<Combined>> {
  const { preprocessor, heldOutRows, threshold } = forest;
  if (
    !isDeepStrictEqual(preprocessor, network.preprocessor) ||
    !isDeepStrictEqual(heldOutRows, network.heldOutRows)
  )
    throw new RangeError("models that are combined must have the same preprocessing and held-out rows");
  const heldOut = lazyTransform(preprocessor, table, heldOutRows);
  const detector = await combine([forest.detector, network.detector], heldOut, options);
  const scores = await scoreTable({ detector, preprocessor }, table, heldOutRows, options);
  return { ...forest, detector, threshold: chooseThreshold(scores, threshold.rate) };
}
