import type { Program } from "@tslab/typescript-for-tslab";
import type { Compiler } from "traffic-anomaly/dist/notebook/tools/kernel-bindings";
import { floatingPromises as floatingStatements } from "traffic-anomaly/dist/notebook/tools/kernel-promises";

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
  return modules.flatMap((module) => {
    const source = program.getSourceFile(module.path)!;
    return floatingStatements(ts, program.getTypeChecker(), source).map((node) => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      return { module, line, message: "this promise is not awaited" };
    });
  });
}
