/** A value as a message shows it: not long, on one line, and without codes that a terminal would obey. */
export function shown(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return short.replace(/[\p{Cc}\u2028\u2029]/gu, "\ufffd");
}
