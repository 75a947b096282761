/** A value as a message shows it: not long, on one line, and without codes that a terminal would obey. */
export function shown(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return oneLine(short);
}

/** A text on one line, without codes that a terminal would obey. */
export function oneLine(text: string): string {
  return printable(text.replace(/[\n\t\u2028\u2029]/g, "\ufffd"));
}

/** A text of several lines without codes that a terminal would obey, or that turn its letters around. */
export function printable(text: string): string {
  return text.replace(obeyed, "\ufffd");
}

/** JSON of the same value, without such codes. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    obeyed, // JSON has escaped the older ones
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Control characters other than line ends and tabs, and those that change the direction of writing. */
const obeyed = /(?![\n\t])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
