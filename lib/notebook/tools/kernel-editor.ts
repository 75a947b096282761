// What an editor's questions mean, where TypeScript itself takes them too literally.

/**
 * A cell in which `import { fit` is being written, as if the library were to follow, so that its names can be offered.
 * Up to the cursor it is the same.
 */
export function withModule(code: string, cursor: number): string {
  const before = code.slice(0, cursor);
  const after = code.slice(cursor).replace(/^\s*\}/, "");
  const importing = /(?:^|[\n;])\s*import\s+(?:type\s+)?\{[^}"']*$/.test(before);
  return importing && !/^[^;"']*\bfrom\b/.test(after)
    ? `${before} } from "traffic-anomaly";\n${after}`
    : code;
}

/** Where the names of the calls end that a cursor is in the parentheses of, the innermost first: 6 for `rocAuc(|`. */
export function callsAround(code: string, cursor: number): number[] {
  const found: number[] = [];
  let closed = 0;
  for (let i = cursor - 1; i >= 0; i--) {
    if (")]}".includes(code[i])) closed++;
    else if ("([{".includes(code[i]) && closed > 0) closed--;
    else if (code[i] === "(" && /[\w$]/.test(code[i - 1] ?? "")) found.push(i);
  }
  return found;
}
