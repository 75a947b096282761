import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { InputError } from "traffic-anomaly";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { share } from "../../fixtures/cases";
import fc from "../../fixtures/fast-check";
import { temporaryFolder } from "../../fixtures/folder";
import {
  ecsLog,
  eveLog,
  jsonArrayLog,
  jsonLog,
  nfdumpLog,
  type Outcome,
  readAll,
  someConnections,
  tsvLog,
  vpcLog,
} from "./logs";

const folder = temporaryFolder("log-mutations");
const path = join(folder, "conn.log");
const connections = someConnections(12);
const tsv = tsvLog(connections);
const json = jsonLog(connections);
/** Of both sides of which bytes came, so that without one of them it is another connection. */
const withBytes = someConnections(13).slice(1);

interface Format {
  readonly log: string;
  /** Lines before the first of a connection. */
  readonly first: number;
  /** Between fields. */
  readonly separator: string;
  /** A line is one side of a connection, so that another like it may take its place. */
  readonly isOfFlows?: boolean;
}

/** Logs of all formats. */
const formats: readonly Format[] = [
  { log: tsv, first: 8, separator: "\t" },
  { log: json, first: 0, separator: "," },
  { log: jsonArrayLog(connections), first: 1, separator: "," },
  { log: ecsLog(connections), first: 0, separator: "," },
  { log: eveLog(connections), first: 0, separator: "," },
  { log: nfdumpLog(withBytes), first: 1, separator: ",", isOfFlows: true },
  { log: nfdumpLog(withBytes, { isOld: true }), first: 1, separator: ",", isOfFlows: true },
  { log: vpcLog(withBytes), first: 0, separator: " ", isOfFlows: true },
];

const words = `- -- (empty) 0 -0 -1 1e3 1e400 1e-400 0x10 1_0 NaN null true {} [] {"conn": {"dns": } ] , : " \\ \\x09
  \\x2d \\xff \\u0000 10.0.0.1 10.0.0.256 ::1 fe80::1%eth0 1.5 65535 65536 18446744073709551616 tcp SF http # #fields
  #close #path #separator #types conn dns ts uid id.orig_h id_orig_h __proto__ constructor 2024-04-19T00:00:00Z`;
const text = fc.oneof(
  fc.constantFrom(
    ...words.split(/\s+/),
    "",
    " ",
    "   ",
    "\t",
    "\t\t",
    "\r",
    "\0",
    "\ufeff",
    "\u2028",
    "x".repeat(200),
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
);
const bytes = fc.oneof(
  text.map((value) => Buffer.from(value)),
  fc.uint8Array({ maxLength: 4 }).map((value) => Buffer.from(value)),
);

/** What is done at a place of a content: some bytes are taken out, and others put in. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  taken: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(200)),
  put: bytes,
});
type Edit = { readonly at: number; readonly taken: number; readonly put: Buffer };

function edited(content: Buffer, edits: readonly Edit[]): Buffer {
  return edits.reduce((before, { at, taken, put }) => {
    const from = Math.floor(at * before.length);
    return Buffer.concat([before.subarray(0, from), put, before.subarray(from + taken)]);
  }, content);
}

/** What is done to the lines of a log, the header among them. */
const shuffle = fc.record({
  kind: fc.constantFrom("remove", "repeat", "swap", "swap columns", "remove column", "replace column"),
  line: fc.nat(30),
  other: fc.nat(30),
  text,
});
type Shuffle = {
  readonly kind: string;
  readonly line: number;
  readonly other: number;
  readonly text: string;
};

function shuffled(log: string, changes: readonly Shuffle[]): string {
  const lines = log.split("\n");
  for (const { kind, line, other, text } of changes) {
    const [i, j] = [line % lines.length, other % lines.length];
    if (kind === "remove") lines.splice(i, 1, ...(lines.length > 1 ? [] : [""]));
    if (kind === "repeat") lines.splice(j, 0, lines[i]);
    if (kind === "swap") [lines[i], lines[j]] = [lines[j], lines[i]];
    if (!kind.includes("column")) continue;
    lines[i] = withColumns(lines[i], lines[i].startsWith("{") ? "," : "\t", kind, other, text);
  }
  return lines.join("\n");
}

function withColumns(line: string, separator: string, kind: string, column: number, text: string): string {
  const columns = line.split(separator);
  const i = column % columns.length;
  if (kind === "remove column") columns.splice(i, 1);
  if (kind === "swap columns") [columns[0], columns[i]] = [columns[i], columns[0]];
  if (kind === "replace column") columns[i] = text;
  return columns.join(separator);
}

const runs = share(250, 4);

/** The same for two connections if and only if they are equal. */
function textOf(connection: Connection): string {
  return JSON.stringify(Object.entries(connection).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is read of a content; undefined if it is refused. Nothing but an InputError in one short line refuses it. */
async function readContent(content: Buffer, skipBadRows: boolean): Promise<Outcome | undefined> {
  await writeFile(path, content);
  try {
    return await readAll([path], skipBadRows);
  } catch (error) {
    assert.ok(error instanceof InputError, String((error as Error).stack));
    assert.doesNotMatch(error.message, /[\p{Cc}\u2028\u2029]/u);
    assert.ok(error.message.length < path.length + 200, error.message);
    return undefined;
  }
}

test("a log that is mutated anywhere is read, or refused in a sentence", async () => {
  let accepted = 0;
  let refused = 0;
  const logs = fc.constantFrom(
    ...formats.map(({ log }) => log),
    tsv.replaceAll("\n", "\r\n"),
    `${tsv}${json}`,
  );
  await fc.assert(
    fc.asyncProperty(
      logs,
      fc.array(shuffle, { maxLength: 2 }),
      fc.array(edit, { maxLength: 2 }),
      fc.array(edit, { maxLength: 1 }),
      fc.constantFrom(false, false, true),
      fc.boolean(),
      async (log, shuffles, edits, packedEdits, packed, skipBadRows) => {
        const plain = edited(Buffer.from(shuffled(log, shuffles)), edits);
        const outcome = await readContent(packed ? edited(gzipSync(plain), packedEdits) : plain, skipBadRows);
        if (outcome) accepted++;
        else refused++;
      },
    ),
    { numRuns: runs },
  );
  assert.ok(Math.min(accepted, refused) > runs / 10, `${accepted} were accepted, ${refused} refused`);
});

/** What is read of a log, and which of it comes of each line. */
async function partsOf({ log, first }: Format) {
  const { connections } = (await readContent(Buffer.from(log), false))!;
  const all = connections.map(textOf);
  const lines = log.split("\n");
  const ofLine: string[][] = [];
  for (let line = first; line < first + 12; line++) {
    const others = await readContent(Buffer.from(lines.filter((_, i) => i !== line).join("\n")), false);
    const found = new Set(others?.connections.map(textOf));
    ofLine.push(all.filter((text) => !found.has(text)));
  }
  return { connections, ofLine };
}

test("whatever is done to some lines, all others are read as they were", async () => {
  const known = new Map<Format, Awaited<ReturnType<typeof partsOf>>>();
  for (const format of formats) known.set(format, await partsOf(format));
  let bad = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...formats),
      fc.array(fc.record({ line: fc.nat(11), edit, change: shuffle, insert: fc.boolean() }), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.boolean(),
      async (format, changes, packed) => {
        const { log, first, separator, isOfFlows } = format;
        const { connections, ofLine } = known.get(format)!;
        const lines = log.split("\n").map((line): Buffer => Buffer.from(line));
        const mutated = new Set<string>();
        for (const { line, edit, change, insert } of changes) {
          const at = first + line;
          const columns = withColumns(String(lines[at]), separator, change.kind, change.other, change.text);
          const broken = edited(Buffer.from(columns), [edit]);
          // A comment of Zeek's may say that all that follows has another form, and what begins with [ is an array.
          const harmless = broken
            .toString("latin1")
            .replaceAll("#", "")
            .replace(/^(\xef\xbb\xbf)?[\s[]+/, "");
          const safe = Buffer.from(harmless, "latin1");
          lines[at] = insert ? Buffer.concat([safe, Buffer.from("\n"), lines[at]]) : safe;
          if (!insert || isOfFlows) for (const text of ofLine[line]) mutated.add(text);
        }
        const content = Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
        const outcome = await readContent(packed ? gzipSync(content) : content, true);
        assert.ok(outcome, "the log was refused");
        bad += outcome.badLines.length;
        const good = connections.filter((connection) => !mutated.has(textOf(connection)));
        const found = new Set(outcome.connections.map(textOf));
        for (const connection of good.map(textOf)) assert.ok(found.has(connection), `lost: ${connection}`);
        if (isOfFlows) return; // a connection comes when both of its sides have, or none will
        const order = outcome.connections.map(({ uid }) => uid);
        const places = good.map(({ uid }) => order.lastIndexOf(uid));
        assert.deepEqual(
          places,
          [...places].sort((a, b) => a - b),
        );
      },
    ),
    { numRuns: runs },
  );
  assert.ok(bad > 0.4 * runs, `only ${bad} lines were bad`);
});
