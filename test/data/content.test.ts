import assert from "node:assert/strict";
import { test } from "node:test";
import { wholeLines } from "traffic-anomaly/dist/data/content";
import fc from "../fixtures/fast-check";

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

test("a line without end comes in parts, so that memory stays bounded", async () => {
  const longest = 2 ** 20;
  async function* endless() {
    for (let i = 0; i < 64; i++) yield Buffer.alloc(2 ** 16, "x");
  }
  const found = await collect(endless());
  assert.equal(found.join("").length, 2 ** 22 + 1);
  assert.ok(found.every((piece) => piece.length <= 2 * longest));
});
