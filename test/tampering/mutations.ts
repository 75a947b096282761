// Random ways to tamper with a model folder, by kind. The same random numbers give the same folder.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Random } from "traffic-anomaly";
import { isModest } from "./seal";

// biome-ignore lint/suspicious/noExplicitAny: a document that may be anything
type Json = any;

/** Changes a folder; `others` are models that were not tampered with. */
export type Mutation = (folder: string, random: Random, others: readonly string[]) => void;

/** A value of a list; undefined if it is empty. */
export function oneOf<T>(values: readonly T[], random: Random): T {
  return values[values.length > 0 ? random.integer(values.length) : 0];
}

/** Flips, overwrites, removes, adds or repeats bytes of a file. */
const bytes: Mutation = (folder, random) => {
  const path = oneOf(filesOf(folder), random);
  if (!path || !isModest(path)) return;
  const content = readFileSync(path);
  if (content.length === 0) return;
  const at = () => random.integer(content.length);
  const run = random.integer(64);
  const from = at();
  const changed = oneOf(
    [
      () => {
        for (let i = random.integer(8); i >= 0; i--) content[at()] ^= 1 << random.integer(8);
        return content;
      },
      () => {
        for (let i = 0; i < run; i++) content[at()] = random.integer(256);
        return content;
      },
      () => Buffer.concat([content.subarray(0, from), content.subarray(from + run)]),
      () => Buffer.concat([content.subarray(0, from), Buffer.alloc(run, 0x5b), content.subarray(from)]),
      () => content.subarray(0, from),
      () => Buffer.concat([content, content]),
    ],
    random,
  )();
  writeFileSync(path, changed);
};

/** What stands where another value should; a text that begins with `raw:` goes into the JSON as it is. */
const strangeValues: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    "",
    "x",
    "NaN",
    "Infinity",
    "1",
    "0.5",
    "\u001b[2J\u009b31m",
    "__proto__",
    "../manifest.json",
  ],
  ...[0, -1, 1, 2, 0.5, -0.5, 3, 1e-300, 1e9, 1e15, 1e38, -1e38, 1e300, 2 ** 31, 2 ** 32, 2 ** 53],
  ...[{}, [], [[]], [null], [1], ["x"], { toString: 1 }, { length: 1e9 }, { constructor: { prototype: 1 } }],
  ...["raw:1e999", "raw:-1e999", "raw:NaN", "raw:-0", 'raw:{"__proto__":{"value":1}}'],
  `raw:${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  `raw:${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
  `raw:[${"0,".repeat(200_000)}0]`,
  `raw:[${Array.from({ length: 50_000 }, (_, i) => `"n${i}"`).join()}]`,
  "long ".repeat(20_000),
];

/** Puts a value in the place of another, removes one, gives it another name, or lets two change places. */
const jsonValues: Mutation = (folder, random) => {
  const path = oneOf(
    filesOf(folder).filter((file) => file.endsWith(".json")),
    random,
  );
  if (!path || !isModest(path)) return;
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return;
  }
  const raw: string[] = [];
  for (let times = random.integer(3); times >= 0; times--) {
    const places = placesIn(document);
    if (places.length === 0) break;
    const { holder, key } = oneOf(places, random);
    const other = oneOf(places, random);
    const value = holder[key];
    oneOf(
      [
        () => {
          holder[key] = strange(random, raw);
        },
        () => {
          holder[key] = strange(random, raw);
        },
        () => {
          holder[key] =
            typeof value === "number" ? value * oneOf([-1, 2, 0.5, 10, 1e6], random) : strange(random, raw);
        },
        () => {
          holder[key] =
            typeof value === "number" ? value + oneOf([-1, 1, 2, 255], random) : strange(random, raw);
        },
        () => {
          if (Array.isArray(holder)) (holder as unknown[]).splice(Number(key), 1);
          else delete holder[key];
        },
        () => {
          if (Array.isArray(holder)) (holder as unknown[]).push(value);
          else {
            delete holder[key];
            const name = oneOf(["__proto__", "constructor", "toString", "\u001b[2J", "x"], random);
            Object.defineProperty(holder, name, {
              value,
              enumerable: true,
              configurable: true,
              writable: true,
            });
          }
        },
        () => {
          holder[key] = other.holder[other.key];
        },
      ],
      random,
    )();
    if (isCircular(document)) return;
  }
  const written = JSON.stringify(document, null, 2) ?? "";
  writeFileSync(
    path,
    written.replace(/"raw(\d+)"/g, (_, i) => raw[Number(i)]),
  );
};

/** Sets numbers of forest.bin or weights.bin to what breaks walks and sums. */
const numbers: Mutation = (folder, random) => {
  const path = oneOf(
    filesOf(folder).filter((file) => file.endsWith(".bin")),
    random,
  );
  if (!path || !isModest(path)) return;
  const content = readFileSync(path);
  const count = Math.floor(content.length / 4);
  if (count === 0) return;
  for (let times = random.integer(6); times >= 0; times--) {
    // In a forest, whole numbers and what a row walks by lie in the second half, so they are met as often as the rest.
    const at = 4 * random.integer(count);
    oneOf(
      [
        () =>
          content.writeFloatLE(oneOf([Number.NaN, Infinity, -Infinity, 1e38, -1e38, 0, 1e-38], random), at),
        () =>
          content.writeInt32LE(oneOf([0, -1, 1, 2 ** 31 - 1, -(2 ** 31), random.integer(1000)], random), at),
        () => content.writeInt16LE(oneOf([-1, -2, 0, 1, 32_767, -32_768, random.integer(150)], random), at),
        () => content.copy(content, at, 4 * random.integer(count), content.length),
      ],
      random,
    )();
  }
  if (random.integer(10) === 0) content.fill(oneOf([0, 0xff, 0x7e, 0x7f], random));
  writeFileSync(path, content);
};

/** Makes counts and the sizes of files larger or smaller, so that they still agree or no longer do. */
const sizes: Mutation = (folder, random) => {
  const resized = filesOf(folder).filter(isModest);
  const any = oneOf(resized, random);
  if (!any) return;
  const own = dirname(
    oneOf(
      resized.filter((file) => basename(file) === "manifest.json"),
      random,
    ) ?? any,
  );
  const edit = (name: string, change: (document: Json) => void) => {
    if (!isModest(join(own, name))) return;
    try {
      const document = JSON.parse(readFileSync(join(own, name), "utf8"));
      change(document);
      writeFileSync(join(own, name), JSON.stringify(document));
    } catch {} // it is not there, or was tampered with before
  };
  const both = (name: string, change: (settings: Json) => void) => {
    edit(name, (document) => change(document.settings));
    edit("manifest.json", (document) => change(document.settings));
  };
  const resize = (name: string, size: number) => {
    if (isModest(join(own, name))) truncateSync(join(own, name), size);
  };
  oneOf(
    [
      () => truncateSync(any, oneOf([0, 1, 1000, 2 ** 20, 5e8, 2 ** 33, 2 ** 40], random)),
      () => {
        const nodes = oneOf([1, 10, 1000, 1e6, 2 ** 24, 2 ** 30], random);
        const trees = oneOf([1, 10, 1e6, 2 ** 30], random);
        both("forest.json", (settings) => {
          settings.trees = trees;
          settings.sampleSize = oneOf([2, 64, 1e6, 2 ** 31], random);
        });
        edit("forest.json", (document) => {
          document.nodes = nodes;
        });
        resize("forest.bin", nodes * 18 + trees * 4);
      },
      () => {
        let layers: number[] = [];
        const width = readWidth(own);
        both("autoencoder.json", (settings) => {
          layers = oneOf(
            [
              [20_000],
              [20_000, 20_000],
              Array.from({ length: 1000 }, () => 1),
              Array.from({ length: 100 }, () => 100),
              Array.from({ length: 60 }, (_, i) => (i % 2 ? 1 : 60_000)),
              [2 ** 31],
              [1e15],
              [1],
            ],
            random,
          );
          settings.layers = layers;
        });
        const all = [width, ...layers, width];
        const weights = all.slice(1).reduce((sum, units, i) => sum + (all[i] + 1) * units, 0);
        if (layers.length > 0 && weights < 2 ** 40) resize("weights.bin", 4 * weights);
      },
      () =>
        edit("preprocessor.json", (document) => {
          const step = oneOf<Json>(document.steps, random);
          const count = oneOf([0, 1, 3000, 40_000, 300_000], random);
          step.categories = Array.from({ length: count }, (_, i) => `c${i}`);
          document.columns = document.steps.flatMap((each: Json) =>
            each.kind === "one-hot"
              ? each.categories.map((name: string) => `${each.feature}=${name}`)
              : [each.feature],
          );
        }),
      () =>
        edit("preprocessor.json", (document) => {
          document.columns = Array.from({ length: 1_200_000 }, (_, i) => `f${i}`);
        }),
    ],
    random,
  )();
};

/** Puts a file or a folder of another model, or of this one, in the place of one. */
const swaps: Mutation = (folder, random, others) => {
  const path = oneOf(filesOf(folder), random);
  if (!path) return;
  const donors = others.flatMap((other) => filesOf(other));
  const own = basename(path);
  const same = donors.filter((donor) => basename(donor) === own);
  const kinds = ["isolation-forest", "autoencoder"].map((kind) => join(folder, kind));
  const other = oneOf(others, random);
  oneOf(
    [
      () => put(path, oneOf(same.length > 0 ? same : donors, random)),
      () => put(path, oneOf(same.length > 0 ? same : donors, random)),
      () => put(path, oneOf(donors, random)),
      () => put(path, oneOf(filesOf(folder), random)),
      () => {
        if (!kinds.every(isFolder)) return;
        renameSync(kinds[0], `${kinds[0]}.held`);
        renameSync(kinds[1], kinds[0]);
        renameSync(`${kinds[0]}.held`, kinds[1]);
      },
      () => {
        const target = isFolder(kinds[0]) ? oneOf(kinds, random) : folder;
        rmSync(target, { recursive: true });
        cpSync(other, target, { recursive: true });
      },
    ],
    random,
  )();
};

/** Puts something else than a file in the place of a file or folder. */
const places: Mutation = (folder, random, others) => {
  const folders = ["isolation-forest", "autoencoder"].map((kind) => join(folder, kind)).filter(isFolder);
  const path = oneOf([...filesOf(folder), ...folders], random);
  if (!path) return;
  const outside = oneOf(
    others.flatMap((other) => filesOf(other)).filter((donor) => basename(donor) === basename(path)),
    random,
  );
  const links = [
    "/dev/zero",
    "/dev/null",
    "/dev/stdin",
    "/etc/passwd",
    "/proc/self/mem",
    "/dev/fd",
    ".",
    "nowhere",
  ];
  const removed = () => rmSync(path, { recursive: true, force: true });
  oneOf(
    [
      removed,
      () => {
        removed();
        symlinkSync(oneOf([...links, basename(path), outside ?? "nowhere"], random), path);
      },
      () => {
        const held = `${path}.held`;
        renameSync(path, held);
        symlinkSync(held, path);
      },
      () => {
        removed();
        mkdirSync(path);
      },
      () => {
        removed();
        execFileSync("mkfifo", [path]);
      },
      () => {
        removed();
        const [major, minor] = oneOf(["1 5", "1 3", "1 8", "5 0"], random).split(" ");
        try {
          execFileSync("mknod", [path, "c", major, minor], { stdio: "ignore" });
        } catch {
          symlinkSync("/dev/zero", path); // only root can make devices
        }
      },
      () => chmodSync(path, 0),
      () => {
        removed();
        writeFileSync(path, oneOf(["", "null", "{}", "[]", "1", '""', "true", "\0\0\0\0"], random));
      },
    ],
    random,
  )();
};

export const mutations = {
  bytes,
  "JSON values": jsonValues,
  numbers,
  sizes,
  swaps,
  places,
} as const satisfies Record<string, Mutation>;

export type MutationKind = keyof typeof mutations;

/** The plain files of a folder, in order of their names. Links are not followed: they lead out of it. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesOf(path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function put(path: string, donor: string): void {
  if (path === donor || !isModest(donor)) return;
  const content = readFileSync(donor);
  writeFileSync(path, content);
}

function readWidth(folder: string): number {
  if (!isModest(join(folder, "preprocessor.json"))) return 1;
  try {
    return JSON.parse(readFileSync(join(folder, "preprocessor.json"), "utf8")).columns.length;
  } catch {
    return 1;
  }
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Where a parsed document has values: of long lists the first few and the last, and not those nested without end. */
function placesIn(document: unknown, depth = 0): Place[] {
  if (typeof document !== "object" || document === null || depth > 100) return [];
  const keys = Object.keys(document);
  const some = keys.length > 60 ? [...keys.slice(0, 59), keys[keys.length - 1]] : keys;
  return some.flatMap((key) => {
    const holder = document as Record<string, unknown>;
    return [{ holder, key }, ...placesIn(holder[key], depth + 1)];
  });
}

function strange(random: Random, raw: string[]): unknown {
  const value = oneOf(strangeValues, random);
  if (typeof value !== "string" || !value.startsWith("raw:")) return structuredClone(value);
  raw.push(value.slice("raw:".length));
  return `raw${raw.length - 1}`;
}

function isCircular(document: unknown): boolean {
  try {
    JSON.stringify(document);
    return false;
  } catch {
    return true;
  }
}
