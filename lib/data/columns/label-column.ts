import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import { missingName, type NominalColumn } from "../table";
import { numberIn } from "./infer-columns";

/** What a normal row's label is in most data sets. */
const usualWords = ["normal", "benign", "0", "false"];

/** The label of normal rows in a table's labels. */
const normalName = "normal";

/**
 * The values of a label that stand for normal rows.
 *
 * @param place names file and column, for messages
 * @param said what the caller says; undefined: the usual words
 * @throws {InputError} that lists the label's values, if it has none of those said, or not one of the usual words
 */
export function normalValues(
  place: string,
  values: readonly string[],
  said: readonly string[] | undefined,
): ReadonlySet<string> {
  const found = values.filter((value) => isNormalValue(value, said));
  if (said) {
    const lacking = said.find((word) => !values.some((value) => isSame(value, word)));
    if (found.length === 0)
      throw new InputError(
        `${place} has no value ${shown(lacking ?? "")}, which normal names; it has ${listed(values)}`,
      );
  } else if (new Set(found.map((value) => usualWords.find((word) => isSame(value, word)))).size !== 1) {
    const problem =
      found.length === 0
        ? "none of its values is known to be normal"
        : "more than one of its values may be normal";
    throw new InputError(`${place}: ${problem}; say which of them is, with normal: ${listed(values)}`);
  }
  return new Set(found);
}

/** Whether a label's value stands for normal rows: one of those said, else one of the usual words. */
export function isNormalValue(value: string, said: readonly string[] | undefined): boolean {
  return (said ?? usualWords).some((word) => isSame(value, word));
}

/** Case and blanks around them do not matter; 0 and 0.0 are the same. */
function isSame(value: string, word: string): boolean {
  const [left, right] = [value, word].map((text) => text.trim().toLowerCase().replace(/\.$/, ""));
  const number = numberIn(left);
  return left === right || (number !== undefined && number === numberIn(right));
}

function listed(values: readonly string[]): string {
  const first = [...values]
    .sort()
    .slice(0, 20)
    .map((value) => `'${shown(value)}'`)
    .join(", ");
  return values.length > 20 ? `${first} and ${values.length - 20} more` : first;
}

/**
 * A table's labels: `normal` where the label says so, else the kind of anomaly: the group's value where there is one
 * that says more than normal, or the label's own.
 */
export function labelColumn(
  label: NominalColumn,
  normal: ReadonlySet<string>,
  group?: NominalColumn,
): NominalColumn {
  const anomalous = label.categories.map((value) =>
    isSame(value, normalName) ? `${value} (not normal)` : value,
  );
  const groups = group?.categories ?? [missingName];
  const nameOf = (pair: number) => {
    const [code, groupName] = [Math.floor(pair / groups.length), groups[pair % groups.length]];
    if (normal.has(label.categories[code])) return normalName;
    const saysMore = groupName !== missingName && !usualWords.some((word) => isSame(groupName, word));
    return saysMore ? groupName : anomalous[code];
  };
  // One number for label and group.
  const pairs = new Uint32Array(label.codes).map(
    (code, row) => code * groups.length + (group?.codes[row] ?? 0),
  );
  const found = new Uint8Array(label.categories.length * groups.length);
  for (let row = 0; row < pairs.length; row++) found[pairs[row]] = 1;
  const names = new Map<number, string>();
  for (const [pair, isThere] of found.entries()) if (isThere) names.set(pair, nameOf(pair));
  const categories = [...new Set(names.values())].sort();
  const codeOf = new Uint16Array(found.length);
  for (const [pair, name] of names) codeOf[pair] = categories.indexOf(name);
  const codes = categories.length <= 255 ? new Uint8Array(pairs.length) : new Uint16Array(pairs.length);
  for (let row = 0; row < pairs.length; row++) codes[row] = codeOf[pairs[row]];
  return { kind: "nominal", name: label.name, codes, categories };
}
