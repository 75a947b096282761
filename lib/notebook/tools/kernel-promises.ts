import type { Node, SourceFile, Type, TypeChecker } from "@tslab/typescript-for-tslab";
import type { Compiler } from "./kernel-bindings";

/** The statements in a module that are a promise and no more. `void promise` is none, nor is one with a handler of its failure. */
export function floatingPromises(ts: Compiler, checker: TypeChecker, source: SourceFile): Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (
      ts.isExpressionStatement(node) &&
      !isHandled(ts, node.expression) &&
      isPromise(checker.getTypeAtLocation(node.expression), checker)
    )
      found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/**
 * What to say of a cell's promises that nothing waits for, of functions' bodies and the last statement apart: its value is shown.
 *
 * @param source the cell below a line of its own, and above its `export`
 */
export function adviceOnPromises(ts: Compiler, checker: TypeChecker, source: SourceFile): string[] {
  const last = source.statements.filter((statement) => !ts.isExportDeclaration(statement)).at(-1);
  const isInFunction = (node: Node): boolean =>
    node.parent !== undefined && (ts.isFunctionLike(node.parent) || isInFunction(node.parent));
  return floatingPromises(ts, checker, source)
    .filter((node) => node !== last && !isInFunction(node))
    .map((node) => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      return `line ${line}: nothing waits for this promise: put await before it, or void if that is meant`;
    });
}

/** Whether a promise's failure has somewhere to go: `….catch(f)`, `….then(f, g)`. */
function isHandled(ts: Compiler, expression: Node): boolean {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return false;
  const method = expression.expression.name.text;
  const { length } = expression.arguments;
  return (method === "catch" && length > 0) || (method === "then" && length > 1);
}

/** Whether a value may be a promise, or an array of promises. */
function isPromise(type: Type, checker: TypeChecker): boolean {
  const kinds = type.isUnion() ? type.types : [type];
  return kinds.some((kind) =>
    [kind, kind.getNumberIndexType()].some((value) => {
      const then = value?.getProperty("then");
      const declaration = then?.valueDeclaration;
      if (!then || !declaration) return false;
      return checker.getTypeOfSymbolAtLocation(then, declaration).getCallSignatures().length > 0;
    }),
  );
}
