import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { recogniseLayout } from "traffic-anomaly/dist/data/kdd/layout";
import { temporaryFolder } from "../../fixtures/folder";
import { headerNames, trafficLines, withFields, withLine, writeLines } from "../../fixtures/traffic";

const folder = temporaryFolder("layout");

async function save(content: string | Buffer): Promise<string> {
  const path = join(folder, "file");
  await writeFile(path, content);
  return path;
}

const refused = (path: string, message: string) =>
  assert.rejects(recogniseLayout(path), { name: "InputError", message: `${path} ${message}` });

for (const columns of [41, 42, 43] as const) {
  for (const header of [false, true]) {
    for (const gzip of [false, true]) {
      test(`${columns} columns, header ${header} and gzip ${gzip} are recognised`, async () => {
        for (const rows of [1, 2, 60]) {
          const lines = trafficLines({ rows, columns, header });
          const path = await writeLines(join(folder, "file"), lines, { gzip });
          assert.deepEqual(await recogniseLayout(path), { columns, header });
        }
      });
    }
  }
}

test("one line of another width does not decide", async () => {
  const lines = trafficLines({ rows: 10 });
  for (const at of [0, 5, 9]) {
    const path = await writeLines(join(folder, "file"), withLine(lines, at + 1, `${lines[at]},1,2`));
    assert.equal((await recogniseLayout(path)).columns, 42);
  }
});

test("a bad number in line 1 makes no header of it", async () => {
  const [first, ...others] = trafficLines({ rows: 10 });
  const line = withFields(first, { duration: "duration", src_bytes: "many", count: "nan" });
  const path = await writeLines(join(folder, "file"), [line, ...others]);
  assert.equal((await recogniseLayout(path)).header, false);
});

test("a missing file, a folder and an empty file are told apart", async () => {
  await refused(join(folder, "missing"), "does not exist");
  await refused(join(await save("text"), "below-a-file"), "does not exist");
  await refused(folder, "is not a file that can be read again");
  await refused(await save(""), "is empty");
  await refused(await save(gzipSync("")), "is empty");
  await refused(await save("\n \n\r\n"), "is empty");
  await refused(await save("\ufeff"), "is empty");
});

test("a truncated and a damaged gzip are told apart, however short", async () => {
  const lines = trafficLines({ rows: 3_000 });
  const whole = gzipSync(lines.join("\n"));
  for (const size of [2, 9, 10, 15, 100, 5_000]) {
    await refused(await save(whole.subarray(0, size)), "is a truncated gzip file: it ends too early");
  }
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 20, 400);
  await assert.rejects(recogniseLayout(await save(damaged)), /^InputError: .*file is a damaged gzip file: /);
});

test("only the beginning of a long file is looked at, be it plain or gzip", async () => {
  const lines = trafficLines({ rows: 20_000 });
  const layout = { columns: 42, header: false };
  for (const gzip of [false, true]) {
    const path = await writeLines(join(folder, "file"), [...lines, "not a row"], { gzip });
    assert.deepEqual(await recogniseLayout(path), layout);
  }
});

test("files of other kinds are called what they are not", async () => {
  const table = "is not a KDD'99 file: its lines have";
  const instead = "instead of 41 features and a label";
  await refused(await save("a,b\n1,2\n"), `${table} 2 comma-separated columns ${instead}`);
  await refused(await save("#separator \\x09\n1\t2\n"), `${table} 1 comma-separated column ${instead}`);
  await refused(
    await save("PAR1\0\0\x15"),
    "is not a text file; KDD'99 files are comma-separated text, plain or gzip",
  );
  const names = headerNames.slice(0, 42).map((name) => name.replace("count", "number"));
  const path = await writeLines(join(folder, "file"), [names.join(","), ...trafficLines({ rows: 3 })]);
  await refused(path, "is not a KDD'99 file: line 1 names column 23 'number' instead of 'count'");
});
