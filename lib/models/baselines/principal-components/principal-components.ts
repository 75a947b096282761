import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError, requireNumber, requireOptions } from "../../../common/errors";
import { square } from "../../../common/exact-math";
import { checked, readJsonFile } from "../../../common/json-file";
import { type WorkOptions, workOptions } from "../../../common/progress";
import { type LazyMatrix, type Matrix, requireFinite, wholeMatrix } from "../../../preprocess/matrix";
import { type DetectorKind, requireRow, type ScoreOptions } from "../../detector";
import { scoreMatrix } from "../../kernel/score-matrix";
import { RowDetector } from "../../row-detector";
import { requireSavable, requireWidth } from "../component-files";
import { spectrumOf } from "../spectrum";
import { scorer } from "./reconstruction-errors";

export interface PrincipalComponentsOptions {
  /** How many to keep, an integer in [1, number of columns]. Default 4, or all columns if fewer. */
  readonly components?: number;
}

/**
 * Principal components as a {@link DetectorKind}: what an autoencoder must beat, on the same numbers. How many there are by
 * default was chosen by `npm run compare`.
 */
export const principalComponents: DetectorKind<
  "principal-components",
  PrincipalComponentsOptions,
  PrincipalComponents
> = {
  kind: "principal-components",
  title: "PCA",
  scores: { title: "Mean squared reconstruction error", scale: "log" },
  blindSpot:
    "It passes whatever lies on the flat sheet along which usual rows vary, however far out or in a gap.",
  preprocessing: { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" },
  files: ["components.json"],
  fit: (matrix, { seed: _, workers: __, ...options } = {}) => fitPrincipalComponents(matrix, options),
  async load(folder, columns) {
    const { componentsSchema } = require("./schema") as typeof import("./schema");
    const path = join(folder, "components.json");
    const { settings, mean, components } = checked(componentsSchema, await readJsonFile(path), path);
    const refuse = (problem: string) => new InputError(`${path} is damaged: ${problem}`);
    const width = columns.length;
    requireWidth(path, [mean, ...components], width);
    if (components.length !== settings.components || components.length > width)
      throw refuse(
        `it has ${components.length} components of ${width} columns, its settings ${settings.components}`,
      );
    requireOrthonormal(components, refuse);
    return new PrincipalComponents(
      columns,
      Float64Array.from(mean),
      components.map((component) => Float64Array.from(component)),
    );
  },
};

/**
 * Principal component analysis (Pearson 1901; as a detector Shyu et al. 2003). Cost: rows × columns², then columns³.
 *
 * @throws {InputError} if an option is out of range, the matrix has no rows, or the columns take too much memory
 * @throws the reason of `signal` once it is aborted
 * @example
 * const fitted = await fitPrincipalComponents(normal, { components: 4 });
 * const scores = await fitted.score(traffic); // higher = more anomalous
 */
export async function fitPrincipalComponents(
  given: Matrix | LazyMatrix,
  options: PrincipalComponentsOptions & WorkOptions = {},
): Promise<PrincipalComponents> {
  requireOptions(options, { components: true, ...workOptions });
  const { onProgress, signal } = options;
  const matrix = await wholeMatrix(given, signal);
  requireFinite(matrix);
  const { rows, columns } = matrix;
  const width = columns.length;
  const { components = Math.min(4, width) } = options;
  requireNumber("components", components, { min: 1, max: width, integer: true });
  if (rows === 0) throw new InputError("principal components need at least one row");
  const { mean, directions } = await spectrumOf(matrix, { onProgress, signal });
  return new PrincipalComponents(columns, mean, directions.slice(0, components));
}

/** Fitted principal components, the linear counterpart of an autoencoder; made by {@link fitPrincipalComponents}. */
export class PrincipalComponents extends RowDetector {
  readonly kind = "principal-components";
  readonly settings: Readonly<Required<PrincipalComponentsOptions>>;

  constructor(
    readonly columns: readonly string[],
    readonly mean: Float64Array,
    /** One unit vector a component, largest variance first. */
    readonly components: readonly Float64Array[],
  ) {
    super();
    this.settings = { components: components.length };
  }

  /** Mean over the columns of the squared reconstruction error. */
  protected scoreRows(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const { mean, components } = this;
    const work = {
      stage: "scoring with principal components",
      rowCost: mean.length * (components.length + 1),
    };
    return scoreMatrix(scorer, { mean, components }, matrix, work, options);
  }

  /**
   * Squared reconstruction error of each column divided by the number of columns: they sum to the row's score, but for
   * rounding.
   *
   * @throws {RangeError} if the row has another length
   */
  explain(row: Float32Array): Float64Array {
    const { mean, components } = this;
    requireRow(this, row);
    const errors = mean.map((value, i) => row[i] - value);
    const centred = errors.slice();
    for (const component of components) {
      const projection = component.reduce((sum, value, i) => sum + value * centred[i], 0);
      for (let i = 0; i < errors.length; i++) errors[i] -= projection * component[i];
    }
    return errors.map((error) => square(error) / mean.length);
  }

  /** @throws {InputError} if they are too large to be read again: more than 900,000 numbers */
  async save(folder: string): Promise<void> {
    const { settings, mean, components } = this;
    requireSavable(components.length, mean.length);
    const content = { settings, mean: [...mean], components: components.map((component) => [...component]) };
    await writeFile(join(folder, "components.json"), `${JSON.stringify(content)}\n`);
  }
}

/** What components share, or lack of their unit length, at most, by rounding. */
const rounding = 1e-6;

/** Scores are errors only where components are orthonormal. */
function requireOrthonormal(
  components: readonly (readonly number[])[],
  refuse: (problem: string) => InputError,
): void {
  components.forEach((component, k) => {
    for (let other = 0; other <= k; other++) {
      let product = 0;
      for (let i = 0; i < component.length; i++) product += components[other][i] * component[i];
      if (!(Math.abs(product - Number(other === k)) < rounding))
        throw refuse(
          `the product of its components ${other} and ${k} is ${product}: they are not orthonormal`,
        );
    }
  });
}
