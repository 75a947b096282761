import type {
  Declaration,
  Node,
  Program,
  SourceFile,
  Type,
  TypeChecker,
  Symbol as TypeSymbol,
} from "@tslab/typescript-for-tslab";

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

export type Compiler = typeof import("@tslab/typescript-for-tslab");

/** Calls `look` for every node of every notebook; what it answers is what is wrong with the node. */
function findingsOf(
  ts: Compiler,
  program: Program,
  modules: readonly CheckedModule[],
  look: (node: Node, source: SourceFile, module: CheckedModule) => string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  for (const module of modules) {
    const source = program.getSourceFile(module.path)!;
    const visit = (node: Node): void => {
      const message = look(node, source, module);
      if (message !== undefined) findings.push({ module, line: lineOf(node, source), message });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return findings;
}

function lineOf(node: Node, source: SourceFile): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line;
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
  return findingsOf(ts, program, modules, (node) => {
    if (!ts.isExpressionStatement(node) || isHandled(node.expression)) return undefined;
    return isPromise(checker.getTypeAtLocation(node.expression), checker)
      ? "this promise is not awaited"
      : undefined;
  });

  /** Whether a promise's failure has somewhere to go: `….catch(f)`, `….then(f, g)`. */
  function isHandled(expression: Node): boolean {
    if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression))
      return false;
    const method = expression.expression.name.text;
    const { length } = expression.arguments;
    return (method === "catch" && length > 0) || (method === "then" && length > 1);
  }
}

/**
 * tslab turns a name of an earlier cell into `exports.name`, but not in `{ name }`, and wrongly in `const { name: other }`
 * where that cell declared the property; and outside of a function it takes `await (…)` for a call and overlooks
 * `for await`.
 */
export function brokenByTslab(ts: Compiler, program: Program, modules: readonly CheckedModule[]): Finding[] {
  const checker = program.getTypeChecker();
  return findingsOf(ts, program, modules, (node, source, { places }) => {
    const isEarlier = (symbol: TypeSymbol | undefined): boolean =>
      symbol?.declarations?.some(
        (declaration: Declaration) =>
          declaration.getSourceFile() === source &&
          places[lineOf(declaration, source)].cell < places[lineOf(node, source)].cell,
      ) ?? false;
    if (ts.isShorthandPropertyAssignment(node)) {
      const name = node.name.text;
      return isEarlier(checker.getShorthandAssignmentValueSymbol(node))
        ? `tslab cannot find '${name}' of an earlier cell in this shorthand: write '${name}: ${name}'`
        : undefined;
    }
    if (ts.isBindingElement(node) && node.propertyName && ts.isIdentifier(node.propertyName)) {
      return isOfVariable(node) && isEarlier(checker.getSymbolAtLocation(node.propertyName))
        ? `tslab breaks '{ ${node.propertyName.text}: … }' of an earlier cell's type: write '….${node.propertyName.text}'`
        : undefined;
    }
    if (ts.isAwaitExpression(node) && ts.isParenthesizedExpression(leftmost(node.expression)))
      return isInFunction(node)
        ? undefined
        : "tslab takes 'await (…)' outside of a function for a call: give what is in the parentheses a name first";
    if (ts.isForOfStatement(node) && node.awaitModifier && !isInFunction(node))
      return "tslab overlooks 'for await' outside of a function: put the loop into an async function";
    return undefined;
  });

  /** Whether a part of a pattern belongs to a variable; tslab does no harm to a parameter's. */
  function isOfVariable(node: Node): boolean {
    if (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
      return isOfVariable(node.parent);
    return ts.isVariableDeclaration(node);
  }

  /** What an expression begins with: `(f)` of `(f)(1).x`. */
  function leftmost(node: Node): Node {
    return ts.isCallExpression(node) ||
      ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node)
      ? leftmost(node.expression)
      : node;
  }

  function isInFunction(node: Node): boolean {
    return ts.findAncestor(node, (ancestor) => ts.isFunctionLike(ancestor)) !== undefined;
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
