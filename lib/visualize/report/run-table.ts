import { formatCount } from "../../common/format";
import type { TableBlock } from "./report";

/** What was run on which data, and with which settings. */
export interface RunFacts {
  /** What the user typed; none: it was called from code. */
  readonly command: readonly string[];
  readonly inputs: readonly { readonly name: string; readonly sha256: string; readonly rows?: number }[];
  readonly settings: Readonly<Record<string, unknown>>;
}

/** @param facts further ones, by their names */
export function runTables(
  { command, inputs, settings }: RunFacts,
  facts: readonly (readonly [name: string, value: string])[],
): TableBlock[] {
  const typed = `npx traffic-anomaly ${command.map(quoted).join(" ")}`;
  return [
    {
      kind: "table",
      title: "The run",
      columns: ["What", "was used"],
      rows: [["Command", command.length > 0 ? typed : "called from code"], ...facts],
    },
    {
      kind: "table",
      title: "The data",
      columns: ["Name", "rows", "SHA-256"],
      rows: inputs.map(({ name, sha256, rows }) => [
        name,
        rows === undefined ? "–" : formatCount(rows),
        sha256,
      ]),
    },
    {
      kind: "table",
      title: "Settings",
      columns: ["Setting", "value"],
      rows: flattened(settings),
      folded: true,
    },
  ];
}

/** Versions in a line: `traffic-anomaly 0.1.0, node 20.20.2`. */
export function versionText(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}

/** Settings by their paths: `isolation-forest.trees`. */
export function flattened(settings: Readonly<Record<string, unknown>>, prefix = ""): [string, string][] {
  return Object.entries(settings).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    const isTree = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isTree) return flattened(value as Record<string, unknown>, `${prefix}${name}.`);
    const text = Array.isArray(value) ? value.join(", ") || "none" : String(value);
    return [[`${prefix}${name}`, text]];
  });
}

/** A parameter as a shell takes it. */
function quoted(parameter: string): string {
  return /^[\w./:=@%+,-]+$/.test(parameter) ? parameter : `'${parameter.replaceAll("'", "'\\''")}'`;
}
