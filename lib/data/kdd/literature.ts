import { log } from "../../common/exact-math";
import { createRandom } from "../../common/random";
import { rowsWhere } from "../split";
import { allRows, column, numbers, selectRows, type Table } from "../table";

/** The subsets of KDD'99 that papers on anomaly detection score, as scikit-learn's `fetch_kddcup99` defines them. */
export type LiteratureSubset = "http" | "smtp" | "sf" | "sa";

export const literatureSubsets: readonly LiteratureSubset[] = ["http", "smtp", "sf", "sa"];

/**
 * ROC AUC that the paper on isolation forests reports of the full set's subsets: Liu, Ting and Zhou 2008, "Isolation forest",
 * ICDM; https://doi.org/10.1109/ICDM.2008.17
 */
export const publishedRocAuc: Readonly<Partial<Record<LiteratureSubset, number>>> = { http: 1, smtp: 0.88 };

/** Attacks drawn into SA. */
const sampledAttacks = 3377;

/**
 * Makes a subset of the literature.
 *
 * - `sf`: logged_in = 1; log(x + 0.1) of duration, src_bytes and dst_bytes, and the service
 * - `http`, `smtp`: the rows of SF with that service, only the three numbers
 * - `sa`: all normal rows and 3,377 attacks drawn at random with replacement, all features
 *
 * @param seed draws the attacks of SA; the others have no chance in them
 */
export function literatureSubset(table: Table, subset: LiteratureSubset, seed = 1): Table {
  if (subset === "sa") {
    const attacks = rowsWhere(table, (label) => label !== "normal");
    const random = createRandom(seed, "attacks of SA");
    const drawn = Uint32Array.from({ length: sampledAttacks }, () => attacks[random.integer(attacks.length)]);
    const normals = rowsWhere(table, (label) => label === "normal");
    const rows = new Uint32Array(normals.length + drawn.length);
    rows.set(normals);
    rows.set(drawn, normals.length);
    return selectRows(table, rows);
  }
  const service = column(table, "service");
  if (service.kind !== "nominal") throw new RangeError("the column service must be nominal");
  const wanted = service.categories.indexOf(subset);
  const loggedIn = numbers(table, "logged_in");
  const rows = allRows(table).filter(
    (row) => loggedIn[row] === 1 && (subset === "sf" || service.codes[row] === wanted),
  );
  const { labels, features } = selectRows(table, rows);
  const kept =
    subset === "sf"
      ? ["duration", "service", "src_bytes", "dst_bytes"]
      : ["duration", "src_bytes", "dst_bytes"];
  return {
    rows: rows.length,
    labels,
    features: features
      .filter(({ name }) => kept.includes(name))
      .map((feature) =>
        feature.kind === "nominal"
          ? feature
          : { ...feature, values: feature.values.map((x) => log(x + 0.1)) },
      ),
  };
}
