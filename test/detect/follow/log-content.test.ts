import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { createRandom } from "traffic-anomaly";
import { openContent } from "traffic-anomaly/dist/detect/follow/log-content";
import { temporaryFolder } from "../../fixtures/folder";

const folder = temporaryFolder("log-content");

test("a file is read from any place, forwards and back again, packed or not, whole or half written", async () => {
  const random = createRandom(1, "content");
  for (const size of [0, 100, 70_000, 3_000_000]) {
    const bytes = Buffer.from(Float64Array.from({ length: size / 8 }, () => random.uniform()).buffer);
    const packed = gzipSync(bytes);
    for (const [name, written] of Object.entries({
      plain: bytes,
      packed,
      half: packed.subarray(0, packed.length / 2),
    })) {
      const path = join(folder, name);
      await writeFile(path, written);
      const content = await openContent(path);
      const all = Buffer.alloc(bytes.length + 1);
      const length = await content.read(all, 0);
      assert.ok(all.subarray(0, length).equals(bytes.subarray(0, length)));
      if (name !== "half") assert.equal(length, bytes.length);
      for (const share of [0.5, 0, 0.9, 0.1, 1, 0, 0.3]) {
        const at = Math.floor(share * length);
        const some = Buffer.alloc(5_000);
        const count = await content.read(some, at);
        assert.equal(count, Math.min(some.length, length - at), `${name}, ${size} bytes, at ${at}`);
        assert.ok(some.subarray(0, count).equals(bytes.subarray(at, at + count)));
      }
      await content.close();
    }
  }
});
