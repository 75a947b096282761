import type { NominalColumn } from "../data/table";

/**
 * What a log's label says of a connection: `benign` and `normal`, in any case, are normal; `background`, `unknown`, an
 * unset label and none at all say nothing; anything else names an attack.
 *
 * @example
 * truthOf("Benign"); // "normal"
 */
export function truthOf(label: string | undefined): "normal" | "attack" | undefined {
  const word = (label ?? "").trim().toLowerCase();
  if (word === "benign" || word === "normal") return "normal";
  return ["", "-", "(empty)", "background", "unknown"].includes(word) ? undefined : "attack";
}

/** Labels with those that are normal called `normal`, as metrics and figures expect it. */
export function withNormal(labels: NominalColumn): NominalColumn {
  const named = labels.categories.map((label) => (truthOf(label) === "normal" ? "normal" : label));
  const categories = [...new Set(named)].sort();
  const code = named.map((name) => categories.indexOf(name));
  return { ...labels, categories, codes: Uint16Array.from(labels.codes, (own) => code[own]) };
}
