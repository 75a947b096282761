// Ways to tamper with a model, by name, each with the sentence that must refuse it. Checksums are made anew after each.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ModelName } from "./models";

export interface Tampering {
  readonly title: string;
  readonly model: ModelName;
  readonly tamper: (folder: string, originals: string) => void;
  readonly sentence: RegExp;
}

// biome-ignore lint/suspicious/noExplicitAny: it is changed into what it must not be
type Edit = (document: any) => void;

function json(name: string, edit: Edit): Tampering["tamper"] {
  return (folder) => {
    const path = join(folder, name);
    const document = JSON.parse(readFileSync(path, "utf8"));
    edit(document);
    writeFileSync(path, JSON.stringify(document));
  };
}

function text(name: string, content: string): Tampering["tamper"] {
  return (folder) => writeFileSync(join(folder, name), content);
}

/** A file as text, with a part replaced: JSON can say what JSON.stringify cannot. */
function replaced(name: string, part: RegExp, by: string): Tampering["tamper"] {
  return (folder) => {
    const before = readFileSync(join(folder, name), "utf8");
    const after = before.replace(part, by);
    if (after === before) throw new Error(`${name} does not hold ${part}`);
    writeFileSync(join(folder, name), after);
  };
}

function link(name: string, to: string): Tampering["tamper"] {
  return (folder) => {
    rmSync(join(folder, name), { recursive: true });
    symlinkSync(to, join(folder, name));
  };
}

/** Where forest.bin has what: see `IsolationForest.save`. */
function forest(
  edit: (bytes: Buffer, at: (array: string, node: number) => number) => void,
): Tampering["tamper"] {
  return (folder) => {
    const { settings, nodes } = JSON.parse(readFileSync(join(folder, "forest.json"), "utf8"));
    const bytes = readFileSync(join(folder, "forest.bin"));
    const starts: Record<string, [start: number, bytes: number]> = {
      pathLength: [0, 8],
      root: [8 * nodes, 4],
      left: [8 * nodes + 4 * settings.trees, 4],
      split: [12 * nodes + 4 * settings.trees, 4],
      column: [16 * nodes + 4 * settings.trees, 2],
    };
    edit(bytes, (array, node) => starts[array][0] + node * starts[array][1]);
    writeFileSync(join(folder, "forest.bin"), bytes);
  };
}

/** The first weight of weights.bin, or all. */
function weights(value: number, all = false): Tampering["tamper"] {
  return (folder) => {
    const bytes = readFileSync(join(folder, "weights.bin"));
    for (let at = 0; at < (all ? bytes.length : 4); at += 4) bytes.writeFloatLE(value, at);
    writeFileSync(join(folder, "weights.bin"), bytes);
  };
}

function layers(sizes: readonly number[]): Tampering["tamper"] {
  return (folder) => {
    for (const name of ["autoencoder.json", "manifest.json"])
      json(name, (document) => {
        document.settings.layers = sizes;
      })(folder, "");
  };
}

const together =
  (...steps: readonly Tampering["tamper"][]): Tampering["tamper"] =>
  (folder, originals) => {
    for (const step of steps) step(folder, originals);
  };

const set = (value: unknown): Tampering["tamper"] =>
  json("threshold.json", (document) => {
    document.value = value;
  });

const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
const clear = "\u001b[2J\u009b31m";
const all: [title: string, model: ModelName, tamper: Tampering["tamper"], sentence: RegExp][] = [];
const add = (title: string, model: ModelName, tamper: Tampering["tamper"], sentence: RegExp) => {
  all.push([title, model, tamper, sentence]);
};

// A file that is none.
for (const name of ["manifest.json", "preprocessor.json", "threshold.json", "forest.json", "forest.bin"]) {
  add(
    `${name} is a link to /dev/zero`,
    "forest",
    link(name, "/dev/zero"),
    / is a link, .*: it is not followed$/,
  );
  add(`${name} is a link to itself`, "forest", link(name, name), / is a link, .*: it is not followed$/);
  add(
    `${name} is a link to a file of another folder`,
    "forest",
    (folder, originals) => link(name, join(originals, "forest", name))(folder, originals),
    / is a link, .*: it is not followed$/,
  );
  const pipe: Tampering["tamper"] = (folder) => {
    rmSync(join(folder, name));
    execFileSync("mkfifo", [join(folder, name)]);
  };
  add(`${name} is a named pipe`, "forest", pipe, / is not a plain file: it is not read$/);
  const directory: Tampering["tamper"] = (folder) => {
    rmSync(join(folder, name));
    mkdirSync(join(folder, name));
  };
  add(`${name} is a folder`, "forest", directory, / is not a plain file: it is not read$/);
  const large: Tampering["tamper"] = (folder) => truncateSync(join(folder, name), 2 ** 33);
  add(`${name} has 8 GB`, "forest", large, / is too large: it has 8,192 MB, at most \d+ are read$/);
}
add(
  "the folder of a detector is a link",
  "office",
  (folder, originals) => link("autoencoder", join(originals, "branch", "autoencoder"))(folder, originals),
  / is a link, .*: it is not followed$/,
);
add("traffic.json is a link to /dev/zero", "office", link("traffic.json", "/dev/zero"), / is a link, /);

// JSON that is none of ours.
for (const [name, model] of [
  ["manifest.json", "forest"],
  ["preprocessor.json", "forest"],
  ["threshold.json", "forest"],
  ["forest.json", "forest"],
  ["autoencoder.json", "network"],
  ["traffic.json", "office"],
] as const) {
  const refusal = /(json is damaged: \S+ (must be |is missing)|has format version none)/;
  for (const content of ["null", "{}", "[]", "1", '"text"', "[[1]]"])
    add(`${name} is ${content}`, model, text(name, content), refusal);
  add(`${name} is empty`, model, text(name, ""), / is damaged: it is not JSON$/);
  add(`${name} is nested 100,000 deep`, model, text(name, deep), / is nested more than 64 deep$/);
}
add(
  "preprocessor.json has 40 MB",
  "forest",
  text("preprocessor.json", `[${" ".repeat(4e7)}]`),
  / is too large: it has 38.1 MB, at most 32 are read$/,
);
const many = text("preprocessor.json", `[${"[],".repeat(3e6)}[]]`);
add(
  "preprocessor.json has millions of values",
  "forest",
  many,
  / is too large: it has more than 1,?000,?000 values$/,
);

// Names and versions.
for (const [version, shown] of [
  [{ toString: 1 }, "an object"],
  [clear, '"\ufffd[2J\ufffd31m"'],
  ["x".repeat(1e6), `"${"x".repeat(40)}…"`],
  [99, "99"],
  [[[]], "a list of 1"],
] as const)
  for (const [name, model, own] of [
    ["manifest.json", "network", 1],
    ["traffic.json", "branch", 4],
  ] as const)
    add(
      `the format version of ${name} is ${shown}`,
      model,
      json(name, (document) => {
        document.formatVersion = version;
      }),
      new RegExp(
        ` has format version ${shown.replaceAll("[", "\\[")}; this program reads ${own}: train it again$`,
      ),
    );
add(
  "the kind clears the screen",
  "forest",
  json("manifest.json", (document) => {
    document.kind = clear;
  }),
  / kind must be one of "isolation-forest", .*"local-outlier-factor", got "\ufffd\[2J\ufffd31m"$/,
);
add(
  "a feature clears the screen",
  "forest",
  together(
    json("manifest.json", (document) => {
      document.features[0] = clear;
    }),
    json("preprocessor.json", (document) => {
      document.steps[0].feature = clear;
      document.columns[0] = clear;
    }),
  ),
  /^the data has no column \ufffd\[2J\ufffd31m, which the model was fitted on$/,
);
add(
  "a feature is called __proto__",
  "forest",
  together(
    json("manifest.json", (document) => {
      document.features[0] = "__proto__";
    }),
    json("preprocessor.json", (document) => {
      document.steps[0].feature = "__proto__";
      document.columns[0] = "__proto__";
    }),
  ),
  /^the data has no column __proto__, which the model was fitted on$/,
);
add(
  "a usual name clears the screen",
  "office",
  json("traffic.json", (document) => {
    document.usual.service.names[0].name = clear;
  }),
  / usual\.service\.names\.0\.name must be one of \d+ names, got "\ufffd\[2J\ufffd31m"$/,
);
add(
  "the usual values are those of a prototype",
  "office",
  replaced("traffic.json", /"usual": /, '"__proto__": '),
  / usual is missing$/,
);
add(
  "the files are those of a prototype",
  "forest",
  replaced("manifest.json", /"files": /, '"__proto__": '),
  / files is missing$/,
);
add(
  "the files name one outside of the folder",
  "forest",
  replaced("manifest.json", /"forest.json"/, '"../forest.json"'),
  / its files must be /,
);
add(
  "the files name a prototype",
  "forest",
  replaced("manifest.json", /"forest.json"/, '"__proto__"'),
  / its files must be /,
);
add(
  "a feature comes twice",
  "forest",
  json("preprocessor.json", (document) => {
    document.steps[1] = document.steps[0];
  }),
  / two of its steps are of the same feature$/,
);
add(
  "there are a million names",
  "forest",
  json("preprocessor.json", (document) => {
    document.steps[1].categories = Array.from({ length: 999_000 }, (_, i) => `n${i}`);
    document.columns = [];
  }),
  /( is too large: it has more than 1000000 values| must be a list of at most 65536, got a list of 999000)$/,
);
add(
  "a name comes twice",
  "forest",
  json("preprocessor.json", (document) => {
    document.steps[1].categories = ["tcp", "tcp"];
  }),
  / steps\.1\.categories must be a list of different names, got a list of 2$/,
);
add(
  "the columns are others than the steps make",
  "network",
  json("preprocessor.json", (document) => {
    document.columns.reverse();
  }),
  / its \d+ columns are not the \d+ that its steps make$/,
);
for (const columns of [2 ** 31, "x", null, { length: 1e9 }, [1]])
  add(
    `the columns are ${JSON.stringify(columns)}`,
    "forest",
    json("preprocessor.json", (document) => {
      document.columns = columns;
    }),
    / columns(\.0)? must be a (list|text), got /,
  );
for (const factor of ["1e999", '"1"', "null", "[]"])
  add(
    `a factor is ${factor}`,
    "forest",
    replaced("preprocessor.json", /"factor": [^,\n]*/, `"factor": ${factor}`),
    / steps\.\d+\.factor must be a finite number, got /,
  );
for (const range of [[1], [2, 1], [0, null], "x"])
  add(
    `a range is ${JSON.stringify(range)}`,
    "forest",
    json("preprocessor.json", (document) => {
      document.steps[0].range = range;
    }),
    / steps\.0\.range(\.\d)? (is missing|must be (a list of two numbers|numbers in ascending order|a finite number), got )/,
  );
for (const quantiles of [[], [2, 1], [0, null], new Array(1001).fill(0)])
  add(
    `quantiles are ${JSON.stringify(quantiles).slice(0, 10)}`,
    "network",
    json("preprocessor.json", (document) => {
      document.steps[0].quantiles = quantiles;
    }),
    / steps\.0\.quantiles(\.\d)? must be (a list of at (least 1|most 1000)|numbers in ascending order|a finite number), got /,
  );
for (const missing of [7, { replacement: "1", column: true }, { replacement: 0 }, { column: true }])
  add(
    `a missing number becomes ${JSON.stringify(missing)}`,
    "gaps",
    json("preprocessor.json", (document) => {
      document.steps[0].missing = missing;
    }),
    / steps\.0\.missing(\.\w+)? (is missing|must be (an object|a finite number|true or false), got .*)$/,
  );
add(
  "a missing number becomes one outside of the range",
  "gaps",
  json("preprocessor.json", (document) => {
    document.steps[0].missing.replacement = 1e300;
  }),
  / is damaged: \w+ has the range \S+ to \S+, but 1e\+300 where it is missing$/,
);
add(
  "a missing number has no column any more",
  "gaps",
  json("preprocessor.json", (document) => {
    document.steps[0].missing.column = false;
  }),
  / its \d+ columns are not the \d+ that its steps make$/,
);
for (const logarithmOf of [7, [true], { hot: "yes" }])
  add(
    `logarithms are ${JSON.stringify(logarithmOf)}`,
    "gaps",
    json("preprocessor.json", (document) => {
      document.options.logarithmOf = logarithmOf;
    }),
    / options\.logarithmOf must be an object of true or false, got /,
  );

// Thresholds.
for (const value of [undefined, null, "0.5", [], {}, true])
  add(
    `the threshold is ${JSON.stringify(value) ?? "missing"}`,
    "forest",
    set(value),
    / value (is missing|must be a finite number, got )/,
  );
for (const value of ["1e999", "-1e999"])
  add(
    `the threshold is ${value}`,
    "network",
    replaced("threshold.json", /"value": [^,]*/, `"value": ${value}`),
    / value must be a finite number, got -?Infinity$/,
  );
add(
  "the rate is 2",
  "forest",
  json("threshold.json", (document) => {
    document.rate = 2;
  }),
  / rate must be a number in \(0, 1\), got 2$/,
);

// Trees.
add(
  "a tree whose child is itself",
  "forest",
  forest((bytes, at) => bytes.writeInt32LE(0, at("left", 0))),
  / node 0 leads to node 0, /,
);
add(
  "a tree whose child is its root",
  "forest",
  forest((bytes, at) => bytes.writeInt32LE(0, at("left", 1))),
  / node 1 leads to node 0, /,
);
add(
  "a tree whose children are another tree's",
  "forest",
  forest((bytes, at) => bytes.writeInt32LE(bytes.readInt32LE(at("root", 3)), at("left", 0))),
  / node 0 leads to node \d+, /,
);
for (const child of [-1, 2 ** 31 - 1, -(2 ** 31)])
  add(
    `a tree whose child is ${child}`,
    "forest",
    forest((bytes, at) => bytes.writeInt32LE(child, at("left", 0))),
    new RegExp(` node 0 leads to node ${child}, `),
  );
for (const column of [32_767, -2, -32_768, 118])
  add(
    `a tree that splits column ${column}`,
    "forest",
    forest((bytes, at) => bytes.writeInt16LE(column, at("column", 0))),
    new RegExp(` node 0 splits column ${column} of \\d+$`),
  );
for (const split of [Number.NaN, Infinity, -Infinity])
  add(
    `a tree that splits at ${split}`,
    "ordinal-forest",
    forest((bytes, at) => bytes.writeFloatLE(split, at("split", 0))),
    new RegExp(` node 0 splits at ${split}$`),
  );
for (const length of [Number.NaN, Infinity, -1, 1e300])
  add(
    `a path of the length ${length}`,
    "forest",
    forest((bytes, at) => bytes.writeDoubleLE(length, at("pathLength", 5))),
    / node 5 has the path length .*, which is not in \[\d, [\d.]+\]$/,
  );
for (const root of [-1, 0, 2 ** 31 - 1])
  add(
    `a root at ${root}`,
    "forest",
    forest((bytes, at) => bytes.writeInt32LE(root, at("root", 1))),
    / is damaged: (tree \d starts at node|node \d+) /,
  );
for (const [count, value] of [
  ["nodes", 1],
  ["nodes", 1e9],
  ["nodes", -1],
  ["nodes", "1"],
  ["trees", 0],
  ["trees", 2 ** 40],
  ["sampleSize", 1],
  ["sampleSize", 2 ** 40],
] as const)
  add(
    `a forest whose ${count} are ${JSON.stringify(value)}`,
    "forest",
    json("forest.json", (document) => {
      if (count === "nodes") document.nodes = value;
      else document.settings[count] = value;
    }),
    /( has \d+ bytes, not the \d+ of | must be an integer in \[| is too large: it has 1000000000 nodes)/,
  );
add(
  "a sample so small that the trees are too deep",
  "forest",
  together(
    json("forest.json", (document) => {
      document.settings.sampleSize = 4;
    }),
    json("manifest.json", (document) => {
      document.settings.sampleSize = 4;
    }),
  ),
  / is damaged: node \d+ (has the path length|is deeper than) /,
);

// Networks.
add(
  "a network of 20,000 units",
  "network",
  layers([20_000, 20_000]),
  / layers are too large: on \d+ columns they take \d+ numbers, at most 16777216$/,
);
add(
  "a network of 20,000 units, whose weights have that size",
  "network",
  together(layers([20_000, 20_000]), (folder) =>
    truncateSync(join(folder, "weights.bin"), 4 * (20_000 * 20_000)),
  ),
  /weights\.bin is too large: it has 1,525\.9 MB, at most 128 are read$/,
);
add(
  "a network of 1,000 layers",
  "network",
  layers(Array.from({ length: 1000 }, () => 1)),
  / settings\.layers must be a list of at most 100, got a list of 1000$/,
);
add(
  "a network of other sizes",
  "network",
  layers([8, 4, 8]),
  /weights\.bin has \d+ bytes, not the \d+ of a network of 4 layers on \d+ columns$/,
);
add(
  "a network without layers",
  "network",
  layers([]),
  / settings\.layers must be a list of at least 1, got a list of 0$/,
);
for (const value of [Number.NaN, Infinity])
  add(
    `a network with a weight of ${value}`,
    "network",
    weights(value),
    new RegExp(` is damaged: weight 0 is ${value}$`),
  );
add(
  "a network with weights so large that scores are not finite",
  "network",
  weights(3e38, true),
  /^the autoencoder gives row \d+ of the matrix the score (NaN|Infinity): /,
);
add(
  "a network whose weights end early",
  "network",
  (folder) => truncateSync(join(folder, "weights.bin"), 100),
  /weights\.bin has 100 bytes, not the /,
);

// The scores that a threshold was chosen from.
for (const [title, scores, sentence] of [
  ["that descend", [2, 1], / scores must be numbers in ascending order, got a list of 2$/],
  ["that are missing", undefined, / scores is missing$/],
  ["without any", [], / scores must be a list of at least 1, got a list of 0$/],
  ["without end", Array(10_001).fill(1), / scores must be a list of at most 10000, got a list of 10001$/],
] as const)
  add(
    `a threshold with scores ${title}`,
    "forest",
    json("threshold.json", (document) => {
      document.scores = scores;
    }),
    sentence,
  );

for (const rows of [1, 10_000, 2.5, "many"])
  add(
    `a threshold of ${rows} rows`,
    "forest",
    json("threshold.json", (document) => {
      document.rows = rows;
    }),
    rows === 1 || rows === 10_000
      ? /threshold\.json is damaged: of \d+ rows it must have \d+ scores, got \d+$/
      : / rows must be an integer in \[1, \d+\], got /,
  );

// components.json.
const components = (edit: Edit): Tampering["tamper"] => json("components.json", edit);
add(
  "components of fewer columns",
  "components",
  components((document) => document.components[1].pop()),
  /components\.json is damaged: mean and components must have (\d+) numbers, one a column, got \1, \1, \d+, /,
);
add(
  "a mean that is missing",
  "components",
  components((document) => {
    delete document.mean;
  }),
  /components\.json is damaged: mean is missing$/,
);
add(
  "a mean that is infinite",
  "components",
  replaced("components.json", /"mean":\[[^,]*/, '"mean":[-1e999'),
  / mean\.0 must be a finite number, got -Infinity$/,
);
add(
  "a mean so far off that scores are not finite",
  "components",
  components((document) => document.mean.fill(1e300)),
  /^the principal-components gives row \d+ of the matrix the score (NaN|Infinity): /,
);
add(
  "more components than the settings say",
  "components",
  components((document) => document.components.push(document.components[0])),
  / it has 5 components of \d+ columns, its settings 4$/,
);
add(
  "components that repeat",
  "components",
  components((document) => {
    document.components[3] = document.components[0];
  }),
  / the product of its components 0 and 3 is [\d.]+: they are not orthonormal$/,
);
add(
  "a component that is too long",
  "components",
  components((document) => {
    document.components[0] = document.components[0].map((value: number) => 2 * value);
  }),
  / the product of its components 0 and 0 is [\d.]+: they are not orthonormal$/,
);
for (const [key, value] of [
  ["activation", "softmax"],
  ["epochs", "1"],
  ["layers", "88"],
  ["learningRate", null],
  ["seed", -1],
] as const)
  add(
    `a network whose ${key} is ${JSON.stringify(value)}`,
    "sigmoid-network",
    json("autoencoder.json", (document) => {
      document.settings[key] = value;
    }),
    new RegExp(` settings\\.${key} must be `),
  );
add(
  "settings in the manifest that the detector does not have",
  "network",
  json("manifest.json", (document) => {
    document.settings.epochs = 7;
  }),
  / manifest\.json names other settings than its autoencoder has$/,
);

// Parts of other models.
add(
  "the preprocessor of another model",
  "forest",
  (folder, originals) =>
    cpSync(join(originals, "ordinal-forest", "preprocessor.json"), join(folder, "preprocessor.json")),
  / is damaged: node \d+ splits column \d+ of \d+$/,
);
add(
  "the detectors in each other's place",
  "office",
  (folder) => {
    renameSync(join(folder, "autoencoder"), join(folder, "held"));
    renameSync(join(folder, "isolation-forest"), join(folder, "autoencoder"));
    renameSync(join(folder, "held"), join(folder, "isolation-forest"));
  },
  / is damaged: its isolation-forest is another model's$/,
);
add(
  "a detector of records",
  "office",
  (folder, originals) => {
    rmSync(join(folder, "isolation-forest"), { recursive: true });
    cpSync(join(originals, "forest"), join(folder, "isolation-forest"), { recursive: true });
  },
  / (was made for other features: train it again|is damaged: its isolation-forest is another model's)$/,
);

// traffic.json.
for (const [key, value] of [
  ["timeWindow", 1e9],
  ["hostWindow", 1e9],
  ["hostWindow", 0],
  ["timeWindow", "9"],
  ["timeBase", "x"],
] as const)
  add(
    `${key} is ${JSON.stringify(value)}`,
    "office",
    json("traffic.json", (document) => {
      document.windows[key] = value;
    }),
    new RegExp(` windows\\.${key} must be `),
  );
for (const part of ["windows", "usual", "manifests", "logs", "logForm", "unseenShare"])
  add(
    `${part} is missing`,
    "office",
    json("traffic.json", (document) => {
      delete document[part];
    }),
    new RegExp(` ${part} is missing$`),
  );
add(
  "a category that no connection has",
  "branch",
  (folder) => {
    json(join("autoencoder", "preprocessor.json"), (document) => {
      const step = document.steps.find(({ kind }: { kind: string }) => kind === "one-hot");
      const i = document.columns.indexOf(`${step.feature}=${step.categories[0]}`);
      step.categories[0] = "icmp2";
      document.columns[i] = `${step.feature}=icmp2`;
    })(folder, "");
  },
  / was made for other features: train it again$/,
);

export const tamperings: readonly Tampering[] = all.map(([title, model, tamper, sentence]) => ({
  title,
  model,
  tamper,
  sentence,
}));
