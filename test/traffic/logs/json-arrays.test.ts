import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsAsArray, recordLines } from "traffic-anomaly/dist/traffic/logs/json-arrays";
import fc from "../../fixtures/fast-check";

async function linesOf(content: string, pieceBytes = 7): Promise<string[]> {
  const bytes = Buffer.from(content);
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  })();
  const read: Buffer[] = [];
  for await (const piece of recordLines(pieces)) read.push(piece);
  const lines = Buffer.concat(read).toString().split("\n");
  return lines[lines.length - 1] === "" ? lines.slice(0, -1) : lines;
}

const records = [{ a: 1, "b.c": ['}"]', { d: "\\" }] }, { e: "ä,{\n" }, {}];
const json = records.map((record) => JSON.stringify(record));

test("a record is a line, whether the array is one line, a line a record, or indented", async () => {
  const parsed = (lines: readonly string[]) =>
    lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
  for (const content of [
    JSON.stringify(records),
    `[${json.join(",\n")}]\n`,
    `[\r\n${json.join(",\r\n")}\r\n]\r\n`,
    JSON.stringify(records, undefined, 2),
    `\ufeff [${json.join(" , ")} ]`,
  ]) {
    const lines = await linesOf(content);
    assert.deepEqual(parsed(lines.map((line) => line.replace("\ufeff", ""))), records, content);
  }
});

test("a record has the number of the line where it begins in the array", async () => {
  const indented = JSON.stringify([{ a: 1, b: { c: 2 } }, { d: 3 }], undefined, 2);
  const numbers = (lines: readonly string[]) =>
    lines.flatMap((line, i) => (line.startsWith("{") ? [i + 1] : []));
  const begin = indented.split("\n").flatMap((line, i) => (line === "  {" ? [i + 1] : []));
  assert.deepEqual(numbers(await linesOf(indented)), begin);
  assert.deepEqual(numbers(await linesOf(`[\n${json.join(",\n")}\n]`)), [2, 3, 4]);
});

test("what is no array is passed on as it is", async () => {
  for (const content of ["", "{}\n{}\n", "#fields\ta\n[1]\n", "x[\n"])
    assert.equal((await linesOf(content)).join("\n"), content.replace(/\n$/, ""));
  assert.equal(beginsAsArray(Buffer.from(" \n[")), true);
  assert.equal(beginsAsArray(Buffer.from("{[")), false);
});

test("however a line of an array is broken, the lines around it are whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.nat(30),
      fc.nat(5),
      async (put, at, taken) => {
        const line = `${json[0].slice(0, at)}${put.replace(/[\n[]/g, "")}${json[0].slice(at + taken)}`;
        // A line that is only `{` after a blank begins an indented record.
        fc.pre(!/\s\{\s*$/.test(line));
        const lines = await linesOf(`[${json[1]},\n${line},\n${json[1]}]`);
        assert.equal(lines[0], json[1]);
        assert.equal(lines[lines.length - 1], json[1]);
      },
    ),
  );
});

test("a record that never ends costs no more memory than what is read at once", async () => {
  const pieces = (async function* () {
    yield Buffer.from("[{\n");
    for (let i = 0; i < 200; i++) yield Buffer.alloc(65_536, "\n");
    yield Buffer.from("}]");
  })();
  let longest = 0;
  for await (const piece of recordLines(pieces)) longest = Math.max(longest, piece.length);
  assert.ok(longest < 300_000, `${longest} bytes`);
});
