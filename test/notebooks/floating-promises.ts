import type { Node, Program, Type, TypeChecker } from "@tslab/typescript-for-tslab";
import type { Compiler } from "traffic-anomaly/dist/notebook/tools/kernel-bindings";

/** A notebook as one module. */
export interface CheckedModule {
  readonly file: string;
  readonly path: string;
  /** Where each of its lines comes from, from 1. */
  readonly places: readonly { readonly cell: number; readonly line: number }[];
}

/** What is wrong in a module. */
export interface Finding {
  readonly module: CheckedModule;
  /** From 0. */
  readonly line: number;
  readonly message: string;
}

/**
 * Statements that are a promise and no more. Biome's rule looks at no types of other modules, so it would miss each
 * promise of the library; tslab's own compiler knows them.
 */
export function floatingPromises(
  ts: Compiler,
  program: Program,
  modules: readonly CheckedModule[],
): Finding[] {
  const checker = program.getTypeChecker();
  const findings: Finding[] = [];
  for (const module of modules) {
    const source = program.getSourceFile(module.path)!;
    const visit = (node: Node): void => {
      if (isFloating(node)) {
        const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
        findings.push({ module, line, message: "this promise is not awaited" });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return findings;

  function isFloating(node: Node): boolean {
    return (
      ts.isExpressionStatement(node) &&
      !isHandled(node.expression) &&
      isPromise(checker.getTypeAtLocation(node.expression), checker)
    );
  }

  /** Whether a promise's failure has somewhere to go: `….catch(f)`, `….then(f, g)`. */
  function isHandled(expression: Node): boolean {
    if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression))
      return false;
    const method = expression.expression.name.text;
    const { length } = expression.arguments;
    return (method === "catch" && length > 0) || (method === "then" && length > 1);
  }
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
