// Names from a log, a table or a model, where they are written: in pages, on a terminal, in CSV.
import assert from "node:assert/strict";
import { test } from "node:test";
import { csvCell, harmlessText } from "traffic-anomaly/dist/common/csv";
import { escapeHtml, unescapeHtml } from "traffic-anomaly/dist/common/html";
import { oneLine, printable, printableJson, shown } from "traffic-anomaly/dist/common/shown";
import fc from "../fixtures/fast-check";

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."=+-@'\"\\x0a1,;\t\r\n \x00\x1b\x7f\x9b\u202e\u2028＝<>&$"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
  ),
});

test("no text as HTML holds a sign that opens a tag, an entity, a quote or a formula, and it can be had back", () => {
  assert.equal(escapeHtml(`<a href="x">'$&`), "&lt;a href=&#34;x&#34;&gt;&#39;&#36;&amp;");
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(escapeHtml(text), /[<>"'$]|&(?!amp;|lt;|gt;|#34;|#39;|#36;)/);
      assert.equal(unescapeHtml(escapeHtml(text)), text);
    }),
  );
});

test("what is printed holds no control character but line ends and tabs, and turns no letters about", () => {
  assert.equal(printable("a\x1b[2J\x9bb\r\n\tc\u202e"), "a\ufffd[2J\ufffdb\ufffd\n\tc\ufffd");
  assert.equal(oneLine("a\n\tb\u2028"), "a\ufffd\ufffdb\ufffd");
  assert.equal(shown(`${"x".repeat(41)}`), `${"x".repeat(40)}…`);
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(printable(text), /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      const json = printableJson({ text });
      assert.doesNotMatch(json, /\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      assert.deepEqual(JSON.parse(json), { text });
    }),
  );
});

test("a cell of CSV that a spreadsheet would take for a formula begins with an apostrophe, a number does not", () => {
  const cells = {
    "=cmd|' /C calc'!A0": "'=cmd|' /C calc'!A0",
    '=HYPERLINK("x")': `"'=HYPERLINK(""x"")"`,
    "+1+1": "'+1+1",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    " =1": "' =1",
    "\t=1": "'\t=1",
    "＝1": "'＝1",
    "'=1": "''=1",
    "'\r[": "\"''\r[\"",
    "-1.5": "-1.5",
    "+1e5": "+1e5",
    "-": "'-",
    "a=b": "a=b",
    "'quoted'": "'quoted'",
    "a,b": '"a,b"',
    "": '""',
    "two\r\nlines\x1b[2J": '"two\r\nlines\\x1b[2J"',
    "C:\\x41 \\n": "C:\\x5cx41 \\n",
  };
  for (const [text, cell] of Object.entries(cells)) assert.equal(csvCell(text), cell);
});

test("a text is had back from a cell as the documentation says", () => {
  const original = (cell: string) =>
    cell
      .replace(/^'(?=[\s']*[=+\-@＝＋－＠]|'*[\t\r])/, "")
      .replace(/\\x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  fc.assert(
    fc.property(hostile, (text) => {
      const cell = harmlessText(text);
      assert.doesNotMatch(cell, /^[=+@＝＋－＠\t\r]\D*$|(?![\t\r\n])\p{Cc}/u);
      assert.equal(original(cell), text);
    }),
    { numRuns: 2000 },
  );
});
