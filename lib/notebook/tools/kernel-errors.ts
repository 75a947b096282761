import { dirname } from "node:path";
import { inspect } from "node:util";
import type { Node } from "@tslab/typescript-for-tslab";
import type { Compiler } from "./kernel-bindings";
import { withEarlierNames } from "./kernel-types";

/** What Jupyter shows of a failed cell. */
export interface JupyterError {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** A place in a cell, from 0. */
interface Place {
  readonly line: number;
  readonly character: number;
}

/** What the compiler says of a cell, or of another file. */
interface Diagnostic {
  readonly start: Place;
  readonly code: number;
  readonly messageText: string;
  readonly fileName?: string;
}

/**
 * What the compiler says of a cell, as its reader needs it: where the syntax is wrong only that, as what it makes of the
 * pieces misleads; and nothing behind the cell's end, where tslab's own code stands.
 */
export function asTyped<Found extends Diagnostic>(diagnostics: readonly Found[], cell: string): Found[] {
  const lines = cell.trimEnd().split("\n");
  const end: Place = { line: lines.length - 1, character: lines[lines.length - 1].length };
  const syntax = diagnostics.filter(({ code }) => code < 2000);
  const told = new Set<string>();
  return (syntax.length > 0 ? syntax : diagnostics).map((found) => ({
    ...found,
    messageText: withEarlierNames(found.messageText, told),
    start: !found.fileName && found.start.line > end.line ? end : found.start,
  }));
}

/** What the compiler lets pass, and a cell, which is no module of Node.js, cannot have: `import.meta`. */
export function refusedMeta(ts: Compiler, cell: string): Diagnostic[] {
  const source = ts.createSourceFile("cell.ts", cell, ts.ScriptTarget.ESNext, true);
  const found: Diagnostic[] = [];
  const visit = (node: Node): void => {
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      found.push({
        start: source.getLineAndCharacterOfPosition(node.getStart(source)),
        code: 1470,
        messageText:
          "A cell is no file, so there is no import.meta. Its folder, the notebook's, is process.cwd().",
      });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The name under which a cell's code is run, and errors speak of it. */
export function cellName(number: number): string {
  return `cell [${number}]`;
}

/**
 * Lets the stacks of all errors say `cell [3], line 2`, as the cell was typed, and nothing of the kernel itself.
 *
 * @param lineOf the cell's line that a place in its code comes from
 */
export function placeErrorsInCells(
  lineOf: (cell: number, line: number, column: number) => number | undefined,
): void {
  const own = [dirname(require.resolve("tslab")), __dirname, "node:"];
  Error.stackTraceLimit = 30; // tslab's frames count, too
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames
      .filter((frame) => !own.some((place) => frame.getFileName()?.startsWith(place)))
      .flatMap((frame) => placed(String(frame)) ?? []);
    // The rounds of a recursion are one to the reader.
    const different = lines.filter((line, i) => line !== lines[i - 1]);
    return [headOf(error), ...different.map((line) => `    at ${line}`)].join("\n");
  };

  /** A frame with the place in its cell; `undefined` for what the kernel puts around a cell. */
  function placed(frame: string): string | undefined {
    const [place, name, number, line, column] = /(cell \[(\d+)\]):(\d+):(\d+)/.exec(frame) ?? [];
    if (place === undefined) return frame;
    const own = lineOf(Number(number), Number(line), Number(column));
    return own === undefined ? undefined : frame.replace(place, `${name}, line ${own}`);
  }
}

function headOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "Error";
  }
}

/** What was thrown, with what caused it. */
export function describeError(error: unknown): JupyterError {
  if (!(error instanceof Error)) {
    const evalue = inspect(error);
    return { ename: "Uncaught", evalue, traceback: [`Uncaught ${evalue}`] };
  }
  const traceback = [String(error.stack ?? error)];
  const seen = new Set([error]);
  for (let { cause } = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    seen.add(cause);
    traceback.push(`caused by ${cause.stack ?? cause}`);
  }
  if (error instanceof AggregateError)
    for (const { stack } of error.errors) traceback.push(`one of them: ${stack}`);
  return {
    ename: error.name,
    evalue: error.message,
    traceback: traceback.flatMap((text) => text.split("\n")),
  };
}
