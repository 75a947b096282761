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
    assert.equal((await recogniseLayout(path))?.columns, 42);
  }
});

test("a bad number in line 1 makes no header of it", async () => {
  const [first, ...others] = trafficLines({ rows: 10 });
  const line = withFields(first, { duration: "duration", src_bytes: "many", count: "nan" });
  const path = await writeLines(join(folder, "file"), [line, ...others]);
  assert.equal((await recogniseLayout(path))?.header, false);
});

test("what is missing, empty, damaged or another table has no layout", async () => {
  const lines = trafficLines({ rows: 3_000 });
  const damaged = gzipSync(lines.join("\n"));
  damaged.fill(0xff, 20, 400);
  const names = headerNames.slice(0, 42).map((name) => name.replace("count", "number"));
  const header = [names.join(","), ...lines].join("\n");
  const others = [
    "",
    "\n \n\r\n",
    "\ufeff",
    gzipSync(""),
    damaged,
    damaged.subarray(0, 9),
    "a,b\n1,2\n",
    header,
  ];
  for (const content of [...others, "#separator \\x09\n1\t2\n", "PAR1\0\0\x15"])
    assert.equal(await recogniseLayout(await save(content)), undefined);
  for (const path of [folder, join(folder, "missing")]) assert.equal(await recogniseLayout(path), undefined);
});

test("only the beginning of a long file is looked at, be it plain or gzip", async () => {
  const lines = trafficLines({ rows: 20_000 });
  const layout = { columns: 42, header: false };
  for (const gzip of [false, true]) {
    const path = await writeLines(join(folder, "file"), [...lines, "not a row"], { gzip });
    assert.deepEqual(await recogniseLayout(path), layout);
  }
});
