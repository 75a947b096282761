import { valuesAt } from "../common/values-at";
import type { Rows, Table } from "../data/table";
import { countMissing, isMissing } from "../preprocess/missing";

/**
 * What a feature usually is: of a number the median and the range of the middle 98 %, and the share of rows that lack it where
 * there are such; of a name the frequent ones, of which at least three.
 */
export type TypicalValue =
  | {
      readonly kind: "number";
      readonly low: number;
      readonly median: number;
      readonly high: number;
      readonly missing?: number;
    }
  | { readonly kind: "name"; readonly names: readonly { readonly name: string; readonly share: number }[] };

/** Names that are remembered at most. */
export const mostTypicalNames = 20;

/**
 * What each feature usually is among the rows; of names the three most frequent and all that a twentieth of the rows have, with
 * their shares in [0, 1].
 */
export function typicalValues(table: Table, rows: Rows): ReadonlyMap<string, TypicalValue> {
  return new Map(
    table.features.map((feature): [string, TypicalValue] => {
      if (feature.kind === "nominal") {
        const counts = new Map<number, number>();
        for (const row of rows) counts.set(feature.codes[row], (counts.get(feature.codes[row]) ?? 0) + 1);
        const names = [...counts]
          .sort((a, b) => b[1] - a[1])
          .filter(([, count], i) => i < 3 || (i < mostTypicalNames && count >= rows.length / 20))
          .map(([code, count]) => ({ name: feature.categories[code], share: count / rows.length }));
        return [feature.name, { kind: "name", names }];
      }
      return [feature.name, typicalNumber(valuesAt(feature.values, rows))];
    }),
  );
}

/** Where no row has a value, it is usually missing: all three are NaN. */
function typicalNumber(values: Float64Array): TypicalValue {
  const missing = countMissing(values) / values.length;
  const sorted = (missing > 0 ? values.filter((value) => !isMissing(value)) : values).sort();
  const [low, median, high] = [0.01, 0.5, 0.99].map((share) =>
    sorted.length > 0 ? Number(sorted[Math.floor(share * (sorted.length - 1))].toPrecision(6)) : NaN,
  );
  return { kind: "number", low, median, high, ...(missing > 0 && { missing }) };
}

/** In words: `3 (1 to 63)`, or one number where these are equal, `missing 40 %` beside it; `http 64 %, smtp 10 %, …`. */
export function typicalText(value: TypicalValue): string {
  if (value.kind === "name")
    return value.names
      .slice(0, 3)
      .map(({ name, share }) => `${name} ${Math.round(100 * share)} %`)
      .join(", ");
  const { low, median, high, missing = 0 } = value;
  if (missing === 1) return "missing";
  const usual = low === high ? String(median) : `${median} (${low} to ${high})`;
  return missing > 0 ? `${usual}, missing ${Math.ceil(100 * missing)} %` : usual;
}
