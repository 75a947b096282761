// What an editor's questions mean, where TypeScript itself takes them too literally.

/** What a cell imports of the library. */
const modules = ["traffic-anomaly", "traffic-anomaly/notebook", "traffic-anomaly/visualize"];

/**
 * A cell in which `import { fit` is being written, as if each of the modules were to follow, so that their names can be
 * offered; any other as it is. Up to the cursor they are the same.
 */
export function withModules(code: string, cursor: number): string[] {
  const before = code.slice(0, cursor);
  const after = code.slice(cursor).replace(/^\s*\}/, "");
  const importing = /(?:^|[\n;])\s*import\s+(?:type\s+)?\{[^}"']*$/.test(before);
  return importing && !/^[^;"']*\bfrom\b/.test(after)
    ? modules.map((module) => `${before} } from "${module}";\n${after}`)
    : [code];
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
