/** Cells that never end, each in another way. */
export const endless = {
  waiting: "await new Promise((r) => setTimeout(r, 600_000))",
  looping: "while (true) {}",
  "looping after an await": "await 1; while (true) {}",
  "looping in a callback": "await new Promise(() => setImmediate(() => { while (true) {} }))",
  "waiting for a thread": "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
  /** Takes the compiler many seconds. */
  compiling: `
type Grow<N extends number, T extends unknown[] = []> = T["length"] extends N ? T : Grow<N, [...T, N]>;
${Array.from({ length: 3000 }, (_, i) => `type T${i} = Grow<${900 + (i % 99)}>[${i % 9}] & { a${i}: T${Math.max(i - 1, 0)} };`).join("\n")}
while (true) {}`,
};
