import type { NominalColumn } from "../table";

/** KDD'99's classes of traffic. `other` is an attack type that the contest's list does not know. */
export type Category = "normal" | "dos" | "probe" | "r2l" | "u2r" | "other";

/** Every category, in the order used by tables and figures. */
export const categories: readonly Category[] = ["normal", "dos", "probe", "r2l", "u2r", "other"];

/**
 * Attack types by category, as the contest counted them. Public maps disagree about httptunnel, worm and
 * warezmaster; only this one gives the contest's own totals.
 */
const attackTypes: Readonly<Record<"dos" | "probe" | "r2l" | "u2r", string>> = {
  dos: "back land neptune pod smurf teardrop apache2 mailbomb processtable udpstorm",
  probe: "ipsweep nmap portsweep satan mscan saint",
  r2l:
    "ftp_write guess_passwd imap multihop phf spy warezclient warezmaster named sendmail snmpgetattack snmpguess " +
    "worm xlock xsnoop",
  u2r: "buffer_overflow loadmodule perl rootkit httptunnel ps sqlattack xterm",
};

const categoryByType = new Map<string, Category>([["normal", "normal"]]);
for (const [category, types] of Object.entries(attackTypes)) {
  for (const type of types.split(" ")) categoryByType.set(type, category as Category);
}

/**
 * The category of a label.
 *
 * @example
 * categoryOf("smurf"); // "dos"
 */
export function categoryOf(label: string): Category {
  return categoryByType.get(label) ?? "other";
}

/**
 * Whether labels are KDD'99's, whose attack types have categories: at least half of those that are not normal.
 *
 * @example
 * haveCategories(["normal", "smurf"]); // true
 */
export function haveCategories(labels: readonly string[]): boolean {
  const attacks = labels.filter((label) => label !== "normal");
  return (
    attacks.length > 0 && 2 * attacks.filter((label) => categoryByType.has(label)).length >= attacks.length
  );
}

/** One a row: 1 = attack, 0 = normal. */
export function anomalousRows(labels: NominalColumn): Uint8Array {
  const normal = labels.categories.indexOf("normal");
  const flags = new Uint8Array(labels.codes.length);
  for (let row = 0; row < flags.length; row++) flags[row] = labels.codes[row] === normal ? 0 : 1;
  return flags;
}
