import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { isGzip, sha256OfContent, sha256OfFile } from "traffic-anomaly/dist/data/content";

// FIPS 180-2, appendix B.1.
const SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "checksum-"));
});
after(() => rm(folder, { recursive: true }));

async function save(name: string, bytes: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

test("the checksum of a file is that of the standard's example", async () => {
  assert.equal(await sha256OfFile(await save("abc", "abc")), SHA256_OF_ABC);
});

test("gzip files of the same content differ themselves and agree in their content's checksum", async () => {
  const first = await save("first.gz", gzipSync("abc"));
  const second = await save("second.gz", Buffer.concat([gzipSync("a"), gzipSync("bc")]));
  assert.notEqual(await sha256OfFile(first), await sha256OfFile(second));
  assert.equal(await sha256OfContent(first), SHA256_OF_ABC);
  assert.equal(await sha256OfContent(second), SHA256_OF_ABC);
});

test("the content of a file that is not gzip is the file itself, whatever its name", async () => {
  const plain = await save("plain.gz", "abc");
  assert.equal(await isGzip(plain), false);
  assert.equal(await sha256OfContent(plain), SHA256_OF_ABC);
});

test("gzip is told by the first two bytes", async () => {
  assert.equal(await isGzip(await save("named.csv", gzipSync("abc"))), true);
  assert.equal(await isGzip(await save("one-byte", Buffer.from([0x1f]))), false);
  assert.equal(await isGzip(await save("empty", "")), false);
});

test("a truncated and a damaged gzip file are told apart", async () => {
  const bytes = gzipSync("abc".repeat(1000));
  const truncated = await save("truncated.gz", bytes.subarray(0, 20));
  await assert.rejects(sha256OfContent(truncated), /^InputError: .*truncated\.gz is a truncated gzip file/);
  bytes[bytes.length - 5] ^= 1;
  const damaged = await save("damaged.gz", bytes);
  await assert.rejects(sha256OfContent(damaged), /^InputError: .*damaged\.gz is a damaged gzip file: /);
});

test("a missing file and a folder are named", async () => {
  for (const read of [sha256OfFile, sha256OfContent]) {
    const missing = join(folder, "missing");
    await assert.rejects(read(missing), { name: "InputError", message: `${missing} does not exist` });
    await assert.rejects(read(folder), { name: "InputError", message: `${folder} is a folder, not a file` });
  }
});

test("an aborted checksum throws the signal's reason", async () => {
  const path = await save("aborted", "abc");
  await assert.rejects(sha256OfFile(path, AbortSignal.abort(new Error("enough"))), /^Error: enough$/);
});
