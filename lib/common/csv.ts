/**
 * A text as a cell of CSV (RFC 4180), which no spreadsheet takes for a formula and no terminal obeys:
 *
 * - one that begins with `=`, `+`, `-` or `@`, unless it is a number, gets an apostrophe before it, as OWASP advises;
 * - a control character other than a line end or a tab is written as its code, `\x1b`.
 *
 * To get the text back, remove one apostrophe where that sign follows, and replace the codes.
 */
export function csvCell(text: string): string {
  return inQuotes(harmlessText(text));
}

/** The cell in quotes, whether it needs them or not. */
export function quotedCell(text: string): string {
  return `"${harmlessText(text).replaceAll('"', '""')}"`;
}

/** The cell without the quotes that a comma needs. */
export function harmlessText(text: string): string {
  const plain = text.replace(unsafe, (character) => `\\x${hex(character)}`);
  return formula.test(plain) && !number.test(plain) ? `'${plain}` : plain;
}

/** A text as a cell of CSV that only a parser reads. */
export function inQuotes(text: string): string {
  return /[",\r\n]/.test(text) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Control characters other than line ends and tabs, and a backslash that would look like one of their codes. */
const unsafe = /(?![\t\r\n])\p{Cc}|\\(?=x[0-9a-f]{2})/gu;

/** Spreadsheets pass over blanks before a formula, and some take its wide forms; with the apostrophes of {@link csvCell}. */
const formula = /^[\s']*[=+\-@＝＋－＠]|^'*[\t\r]/u;

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, "0");
}
