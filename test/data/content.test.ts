import assert from "node:assert/strict";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { EndlessLine, longestLine, lookAt, wholeLines } from "traffic-anomaly/dist/data/content";
import fc from "../fixtures/fast-check";
import { temporaryFolder } from "../fixtures/folder";

const folder = temporaryFolder("content");

async function* pieces(text: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    yield text.subarray(at, at + size);
    at += size;
  }
  yield text.subarray(at);
}

async function collect(text: AsyncIterable<Buffer>): Promise<string[]> {
  const found: string[] = [];
  for await (const piece of wholeLines(text)) found.push(piece.toString());
  return found;
}

test("however a text is cut, its pieces hold whole lines and together all of them", async () => {
  const unit = fc.constantFrom("a", "b,", "\n", "\r\n", "\r", "é");
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, maxLength: 30 }), fc.array(fc.nat(4)), async (text, sizes) => {
      const found = await collect(pieces(Buffer.from(text), sizes));
      const ended = text === "" || /[\n\r]$/.test(text);
      assert.ok([text, `${text}\n`].includes(found.join("")));
      assert.ok(ended || found.join("") === `${text}\n`, "a line end is added to the last line");
      for (const [i, piece] of found.entries()) {
        assert.match(piece, /[\n\r]$/);
        assert.ok(!(piece.endsWith("\r") && found[i + 1]?.startsWith("\n")), "a line end is not cut");
      }
    }),
  );
});

test("a byte order mark is left out at the beginning only", async () => {
  const text = Buffer.from("\ufeffa\n\ufeffb\n");
  assert.equal((await collect(pieces(text, []))).join(""), "a\n\ufeffb\n");
});

test("a line that is cut at the end of a long piece stays whole", async () => {
  const text = Buffer.from("0123456789\n".repeat(250_000));
  const found = await collect(pieces(text, [2 ** 21 + 1, 5]));
  assert.ok(found.every((piece) => piece.endsWith("9\n")));
  assert.ok(found.join("") === text.toString());
});

test("of a line that is too long only so much is held that its length shows", async () => {
  async function* long(bytes: number) {
    yield Buffer.from("a\n");
    for (let i = 0; i < bytes; i += 2 ** 16) yield Buffer.alloc(2 ** 16, "é");
    yield Buffer.from("\nb\n");
  }
  const found = (await collect(long(2 ** 26 - 2 ** 17))).join("");
  assert.ok(found.length > longestLine && found.length < 2 ** 21);
  assert.ok(found.startsWith("a\né") && found.endsWith("é\nb\n"));
  await assert.rejects(collect(long(2 ** 26 + 2 ** 17)), EndlessLine);
});

test("what is not a file, folder or pipe is refused", async () => {
  await assert.rejects(lookAt("/dev/zero"), { message: "/dev/zero is a device, not a file" });
  const path = join(folder, "socket");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  await assert.rejects(lookAt(path), { message: `${path} is a socket, not a file` });
  await new Promise((resolve) => server.close(resolve));
});
