import { createRequire } from "node:module";
import type { Expression, SourceFile } from "@tslab/typescript-for-tslab";
import { InputError } from "../../common/errors";
import { loadPackage } from "../../common/packages";
import { shown } from "../../common/shown";
import type { Compiler } from "./kernel-bindings";
import type { CodeCell, Notebook } from "./notebook";

/** What a parameter of a notebook can be. */
export type ParameterValue =
  | number
  | string
  | boolean
  | readonly unknown[]
  | Readonly<Record<string, unknown>>;

/** A constant that a notebook's reader may change. */
export interface Parameter {
  readonly name: string;
  readonly value: ParameterValue;
  /** Where the value stands in the cell's source. */
  readonly start: number;
  readonly end: number;
}

/**
 * The parameters of a notebook, by name: what its cell with the tag `parameters` declares with a value written out, such as
 * `const seed = 1;`. (papermill's tag; it adds a cell with the new values below, here they replace the old ones.)
 */
export function parametersOf(notebook: Notebook): ReadonlyMap<string, Parameter> {
  const cell = parametersCell(notebook);
  return new Map((cell ? declared(cell.source) : []).map((parameter) => [parameter.name, parameter]));
}

/**
 * The notebook with other values of parameters.
 *
 * @param values by the parameters' names, as they are typed on the command line: a text is taken as it is, anything else as JSON
 * @throws {InputError} if a parameter is not known, or its value is of another type than the one in the notebook
 */
export function withParameters(
  notebook: Notebook,
  values: ReadonlyMap<string, string>,
  name: string,
): Notebook {
  const known = parametersOf(notebook);
  const list =
    known.size === 0
      ? "it has no cell with the tag parameters"
      : `its parameters are ${[...known].map(([name, { value }]) => `${name} (${JSON.stringify(value)})`).join(", ")}`;
  const changes = Array.from(values, ([parameter, text]) => {
    const old = known.get(parameter);
    if (!old) throw new InputError(`${name} has no parameter ${shown(parameter)}: ${list}`);
    const value = parseValue(text, old.value);
    if (value === undefined)
      throw new InputError(
        `${name}: ${parameter} must be ${typeWords(old.value)}, got ${shown(text)}: ${list}`,
      );
    return { ...old, value };
  });
  const cell = parametersCell(notebook);
  if (changes.length === 0 || !cell) return notebook;
  const source = changes
    .sort((a, b) => b.start - a.start) // from the end, so that places before stay
    .reduce(
      (text, { start, end, value }) => text.slice(0, start) + JSON.stringify(value) + text.slice(end),
      cell.source,
    );
  return {
    ...notebook,
    cells: notebook.cells.map((other) => (other === cell ? { ...cell, source } : other)),
  };
}

function parametersCell({ cells }: Notebook): CodeCell | undefined {
  return cells.find(
    (cell): cell is CodeCell =>
      cell.cell_type === "code" && cell.metadata.tags?.includes("parameters") === true,
  );
}

/** The variables that a cell declares at its top level with a value written out. */
function declared(source: string): Parameter[] {
  // Its compiler is the one of the kernel.
  const ts: Compiler = loadPackage("tslab", () =>
    createRequire(require.resolve("tslab/package.json"))("@tslab/typescript-for-tslab"),
  );
  const file: SourceFile = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.ESNext);
  return file.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) =>
    declarationList.declarations.flatMap(({ name, initializer }) => {
      const value = initializer && writtenValue(ts, initializer);
      if (!initializer || value === undefined || !ts.isIdentifier(name)) return [];
      return [{ name: name.text, value, start: initializer.getStart(file), end: initializer.end }];
    }),
  );
}

/** The value of an expression that is written out; undefined of any other. */
function writtenValue(ts: Compiler, node: Expression): ParameterValue | undefined {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const value = writtenValue(ts, node.operand);
    return typeof value === "number" ? -value : undefined;
  }
  if (ts.isArrayLiteralExpression(node)) {
    const values = node.elements.map((element) => writtenValue(ts, element));
    return values.includes(undefined) ? undefined : values;
  }
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  const values = node.properties.map((property): [string, ParameterValue | undefined] =>
    ts.isPropertyAssignment(property) && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
      ? [property.name.text, writtenValue(ts, property.initializer)]
      : ["", undefined],
  );
  return values.some(([, value]) => value === undefined)
    ? undefined
    : (Object.fromEntries(values) as ParameterValue);
}

/** A text as a value of the type of another one; undefined if it is none. */
function parseValue(text: string, like: ParameterValue): ParameterValue | undefined {
  if (typeof like === "string") return text;
  let value: ParameterValue | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return value !== null && typeof value === typeof like && Array.isArray(value) === Array.isArray(like)
    ? value
    : undefined;
}

function typeWords(value: ParameterValue): string {
  if (Array.isArray(value)) return 'a list as JSON, such as ["a", "b"]';
  if (typeof value === "object") return 'an object as JSON, such as {"a": 1}';
  return { number: "a number", boolean: "true or false", string: "a text" }[typeof value as "number"];
}
