// Whatever a program can call with options refuses one that it does not know, before it does anything else.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
import { detectors } from "traffic-anomaly";
import { libFolder } from "./sources";

/** Something that takes options. */
interface Callable {
  readonly name: string;
  /** Calls it with other arguments undefined. */
  readonly call: (options: object) => unknown;
}

const entries = ["index.d.ts", "models/isolation-forest/isolation-forest.d.ts"].map((file) =>
  join(libFolder, "dist", file),
);
const program = ts.createProgram(entries, {
  ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Node10 },
  ...{ target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], types: ["node"], strict: true },
  ...{ typeRoots: [join(libFolder, "..", "node_modules", "@types")], skipLibCheck: true },
});
const checker = program.getTypeChecker();

/** The place of a parameter of options among others; undefined where there is none. */
function placeOfOptions(signature: ts.Signature): number | undefined {
  const place = signature.parameters.findIndex((parameter) => {
    const type = checker.typeToString(checker.getNonNullableType(checker.getTypeOfSymbol(parameter)));
    return type !== "ErrorOptions" && /^(\w+ & |Omit<)?[A-Z]\w+Options\b/.test(type); // the former is JavaScript's
  });
  return place < 0 ? undefined : place;
}

/** What is called with arguments up to the options. */
function callable(
  name: string,
  signatures: readonly ts.Signature[],
  call: (...given: unknown[]) => unknown,
): Callable[] {
  return signatures.flatMap((signature) => {
    const place = placeOfOptions(signature);
    if (place === undefined) return [];
    return { name, call: (options: object) => call(...Array(place).fill(undefined), options) };
  });
}

// biome-ignore lint/suspicious/noExplicitAny: what a module exports
type Anything = any;

const hidden = ts.ModifierFlags.Protected | ts.ModifierFlags.Private;

function methods(name: string, type: ts.Type, self: Anything): Callable[] {
  return type.getProperties().flatMap((property) => {
    const [declaration] = property.declarations ?? [];
    if (declaration && ts.getCombinedModifierFlags(declaration) & hidden) return [];
    const signatures = checker.getTypeOfSymbol(property).getCallSignatures();
    return callable(`${name}.${property.name}`, signatures, (...given) => self[property.name](...given));
  });
}

function callablesOf(exported: ts.Symbol): Callable[] {
  const isAlias = exported.flags & ts.SymbolFlags.Alias;
  const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
  const { name } = symbol;
  const [declaration] = symbol.declarations ?? [];
  const own = (): Anything => require(declaration.getSourceFile().fileName.replace(/\.d\.ts$/, ".js"))[name];
  if (symbol.flags & ts.SymbolFlags.Class) {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    const constructors = checker.getTypeOfSymbol(symbol).getConstructSignatures();
    return [
      ...callable(`new ${name}`, constructors, (...given) => new (own())(...given)),
      ...methods(name, type, Object.create(own().prototype)),
    ];
  }
  if (!(symbol.flags & ts.SymbolFlags.Value)) return [];
  const type = checker.getTypeOfSymbol(symbol);
  const signatures = type.getCallSignatures();
  if (signatures.length > 0) return callable(name, signatures, (...given) => own()(...given));
  return checker.isArrayType(type) || checker.isTupleType(type) ? [] : methods(name, type, own());
}

/** Of detectors that leave no choice of what computes them: they take no options. */
const withoutOptions = detectors
  .filter(({ kind }) => kind !== "autoencoder" && kind !== "combined")
  .map(({ kind }) => `${kind.replace(/-./g, (text) => text[1].toUpperCase())}.load`);

const callables = new Map(
  entries
    .flatMap((file) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!))
    .flatMap(callablesOf)
    .filter(({ name }) => !withoutOptions.includes(name))
    .map(({ name, call }) => [name, call] as const),
);

test("what takes options is found", (context) => {
  for (const name of ["readTable", "run", "new TrafficWindows", "IsolationForest.score", "combined.load"])
    assert.ok(callables.has(name), name);
  context.diagnostic(`${callables.size}: ${[...callables.keys()].join(", ")}`);
});

for (const [name, call] of callables)
  test(`${name} refuses an option that it does not know`, async () => {
    const calling = async () => {
      const result = call({ mistake: 1 }) as Partial<AsyncGenerator> | undefined;
      await (typeof result?.next === "function" ? result.next() : result);
    };
    await assert.rejects(calling, {
      name: "InputError",
      message: /^there is no option "mistake"; the options are \w+/,
    });
  });
