import { extname } from "node:path";

/** What rotation adds to a name: a number, a date, a time, as in `.1`, `-20261126`, `.2026-11-26-10-00-00`. */
const addition = /^[._-][\d._:+TZ-]*\d[\d._:+TZ-]*$/;

/**
 * Whether a name is that of a rotated file of a log, as logrotate, Zeek and others give them: `conn.log.1`,
 * `conn.log-20261126.gz`, `conn.2026-11-26.log` of `conn.log`. `conn-summary.2026-11-26.log` is of another log.
 */
export function isRotatedName(name: string, log: string): boolean {
  const extension = extname(log);
  const stem = log.slice(0, log.length - extension.length);
  if (!name.startsWith(stem)) return false;
  let rest = name.slice(stem.length).replace(/\.gz$/, "");
  if (rest.startsWith(extension)) rest = rest.slice(extension.length);
  else if (rest.endsWith(extension)) rest = rest.slice(0, rest.length - extension.length);
  else return false;
  return addition.test(rest);
}
