import { isUtf8 } from "node:buffer";

/** Windows' letters from 0x80 on, where ISO 8859-1 has none. Some versions of Node.js decode windows-1252 as that. */
const windowsLetters = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** UTF-8; what is none is taken for Windows' Western text, as which it can be read without losing a character. */
export function decoded(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  return bytes
    .toString("latin1")
    .replace(/[\u0080-\u009f]/g, (letter) => windowsLetters[letter.charCodeAt(0) - 0x80]);
}

/** Lines of a text; its line ends are \n, \r\n or \r. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Lines of some bytes; each is decoded by itself where they are not UTF-8 together. */
export function decodedLines(bytes: Buffer): string[] {
  if (isUtf8(bytes)) return linesOf(bytes.toString());
  return linesOf(bytes.toString("latin1")).map((line) => decoded(Buffer.from(line, "latin1")));
}

/** A part of some bytes as text. */
export function textAt(bytes: Buffer, start: number, end: number): string {
  for (let at = start; at < end; at++) if (bytes[at] > 127) return decoded(bytes.subarray(start, end));
  return bytes.toString("latin1", start, end);
}
