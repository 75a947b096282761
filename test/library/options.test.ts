// Whatever a program can call with options refuses one that it does not know, before it does anything else.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
import {
  detectors,
  fitModel,
  fitPreprocessor,
  isolationForest,
  loadModel,
  ReorderBuffer,
  scoreTraffic,
  simulatedConnections,
  TrafficWindows,
  tableFromRows,
  trainOnTraffic,
  transform,
  writeSimulatedLog,
} from "traffic-anomaly";
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

const table = tableFromRows(Array.from({ length: 60 }, (_, i) => ({ a: i % 7, b: (i * i) % 11 })));
const fit = (options: object) => fitModel(table, isolationForest, options);
const train = (options: object) => trainOnTraffic(["nowhere.log"], { out: "nowhere", ...options });

/** Calls with what no option may be, and what is said of it. */
const wrong: [call: () => unknown, message: string][] = [
  [() => fit({ holdOut: "first" }), 'holdOut must be one of "random", "last", got "first"'],
  [() => fit({ rows: [1, 2, 3] }), "rows must be a Uint32Array of row numbers, got [object Array]"],
  [() => fit({ rows: Uint32Array.of(2, 60) }), "the table has 60 rows, and rows holds 60"],
  [
    () => transform(fitPreprocessor(table), table, Uint32Array.of(60)),
    "the table has 60 rows, and rows holds 60",
  ],
  [() => fit({ settings: { tree: 9 } }), optionMessage("tree", "trees, sampleSize, seed, workers")],
  [
    () => fit({ preprocessing: { scaling: "min" } }),
    word("scaling", "min-max", "standard", "quantile", "none"),
  ],
  [() => fit({ preprocessing: { encoding: "min" } }), word("encoding", "one-hot", "ordinal", "none")],
  [
    () => fit({ preprocessing: { logarithm: "amount" } }),
    "logarithm must be a list of amount, count, rate, flag",
  ],
  [
    () => fit({ preprocessing: { logarithm: ["min"] } }),
    word("logarithm", "amount", "count", "rate", "flag"),
  ],
  [() => train({ preprocessing: { scale: "none" } }), optionMessage("scale", "encoding, logarithm")],
  [() => train({ settings: { forest: {} } }), optionMessage("forest", "isolation-forest, autoencoder")],
  [
    () => train({ settings: { "isolation-forest": { tree: 9 } } }),
    optionMessage("tree", "trees, sampleSize, seed"),
  ],
  [() => train({ settings: { autoencoder: { layer: [9] } } }), optionMessage("layer", "layers, activation")],
  [
    () => train({ windows: { hostwindow: 9 } }),
    optionMessage("hostwindow", "timeWindow, hostWindow, timeBase"),
  ],
  [() => new TrafficWindows({ timeBase: "min" as never }), word("timeBase", "start", "end")],
  [() => new ReorderBuffer({ timeBase: "min" as never }), word("timeBase", "start", "end")],
  [
    () => [...simulatedConnections({ classMix: "min" as never })],
    word("classMix", "realistic", "kdd", "threats"),
  ],
  [() => writeSimulatedLog("nowhere", { format: "min" as never }), word("format", "zeek", "zeek-json")],
  [
    () => loadModel("nowhere", { backend: "min" as never }),
    word("backend", "kernel", "native", "wasm", "cpu"),
  ],
  [() => scoreTraffic([], "nowhere", { format: "min" as never }), word("format", "json", "csv", "parquet")],
  [
    () => scoreTraffic([], "nowhere", { detector: "min" as never }),
    word("detector", "isolation-forest", "autoencoder"),
  ],
];

function optionMessage(name: string, known: string): string {
  return `there is no option ${JSON.stringify(name)}; the options are ${known}`;
}

function word(name: string, ...words: string[]): string {
  return `${name} must be one of ${words.map((one) => JSON.stringify(one)).join(", ")}, got "min"`;
}

test("what an option may not be is refused before anything is read", async () => {
  for (const [call, message] of wrong)
    await assert.rejects(
      async () => call(),
      (error: Error) => error.name === "InputError" && error.message.startsWith(message),
      message,
    );
});
