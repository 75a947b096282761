/** A public data set that is recognised by its columns. */
export interface KnownTable {
  /** As a notice says it. */
  readonly name: string;
  /** Undefined where a copy has no labels. */
  readonly label?: string;
  /** The label's values of normal rows. Default: the usual words for them. */
  readonly normal?: readonly string[];
  /** The column of attack kinds, if there is one besides the label. */
  readonly group?: string;
  /** Columns that identify a flow or tell the attacks by how the data were made. */
  readonly exclude: readonly string[];
  /** Whether copies of it have a column twice, of which the second is left out. */
  readonly repeatsColumns?: true;
}

interface Fingerprint extends KnownTable {
  readonly label: string;
  /** Features that no other set has together; blanks around names and their case do not matter. */
  readonly columns: readonly string[];
}

// Columns as programs that load the published files name them: of CSE-CIC-IDS2018 the README of GitHub's
// viktor53/diploma-thesis, of CIC-IDS2017 nids-daten/train/README.md of ScubaInstructor/fuh, of the credit cards Keras's
// example "Imbalanced classification". The NF sets have 12, 43 (v2) or 53 features (v3, with start and end of a flow).
const knownTables: readonly Fingerprint[] = [
  {
    name: "UNSW-NB15 (Moustafa and Slay 2015)",
    columns: ["dur", "proto", "service", "state", "spkts", "dpkts", "sbytes", "ct_srv_src"],
    label: "label",
    normal: ["0"],
    group: "attack_cat",
    exclude: ["id"],
  },
  {
    name: "NF-UNSW-NB15, NF-BoT-IoT, NF-ToN-IoT or NF-CSE-CIC-IDS2018 (NetFlow features; Sarhan, Layeghy and Portmann 2021)",
    columns: ["L4_SRC_PORT", "L4_DST_PORT", "PROTOCOL", "IN_BYTES", "OUT_BYTES"],
    label: "Label",
    normal: ["0"],
    group: "Attack",
    exclude: [
      ...["IPV4_SRC_ADDR", "IPV4_DST_ADDR", "L4_SRC_PORT", "L4_DST_PORT"],
      ...["FLOW_START_MILLISECONDS", "FLOW_END_MILLISECONDS", "Dataset"],
    ],
    repeatsColumns: true,
  },
  {
    name: "CIC-IDS2017 (Sharafaldin, Lashkari and Ghorbani 2018)",
    columns: ["Destination Port", "Flow Duration", "Total Fwd Packets", "Flow Bytes/s"],
    label: "Label",
    normal: ["BENIGN"],
    exclude: [
      "Flow ID",
      "Source IP",
      "Src IP",
      "Source Port",
      "Src Port",
      "Destination IP",
      "Dst IP",
      "Timestamp",
    ],
    repeatsColumns: true,
  },
  {
    name: "CSE-CIC-IDS2018 (Sharafaldin, Lashkari and Ghorbani 2018)",
    columns: ["Dst Port", "Flow Duration", "Tot Fwd Pkts", "Flow Byts/s"],
    label: "Label",
    normal: ["Benign"],
    exclude: ["Flow ID", "Src IP", "Src Port", "Dst IP", "Timestamp"],
    repeatsColumns: true,
  },
  {
    name: "credit card transactions (Dal Pozzolo and others 2015)",
    columns: ["Time", "V1", "V2", "V3", "V4", "V5", "Amount"],
    label: "Class",
    normal: ["0"],
    exclude: ["Time"],
  },
];

/**
 * The set that columns of these names belong to, without the columns that this copy of it lacks. Without the label, the kinds
 * of attacks are the label.
 *
 * @param lastValues some of the last column's; where they are not 0 and 1, it is no label of ADBench's
 */
export function knownTable(
  names: readonly string[],
  lastValues: readonly string[] = [],
): KnownTable | undefined {
  const has = new Set(names.map(simplified));
  const found = knownTables.find(({ columns }) => columns.every((name) => has.has(simplified(name))));
  if (found) {
    const { columns, label, normal, group, ...set } = found;
    const isThere = (name: string | undefined) => name !== undefined && has.has(simplified(name));
    return {
      ...set,
      exclude: set.exclude.filter(isThere),
      ...(isThere(label)
        ? { label, normal, ...(isThere(group) && { group }) }
        : isThere(group) && { label: group }),
    };
  }
  return lastValues.every((value) => /^[01](\.0+)?$/.test(value)) ? adbench(names) : undefined;
}

/** ADBench's tables as CSV: numbered columns, and a last one that is 1 for an anomaly. */
function adbench(names: readonly string[]): KnownTable | undefined {
  const [label = "", ...features] = [...names].reverse();
  const numbers = features
    .reverse()
    .map((name) => Number(/^(?:x_?|v_?|f_?|feature_?)?(\d+)$/i.exec(name)?.[1] ?? Number.NaN));
  const isNumbered =
    numbers.length > 0 && numbers[0] <= 1 && numbers.every((number, i) => number === numbers[0] + i);
  if (!isNumbered || !/^(anomaly|label|outlier|y)$/i.test(label)) return undefined;
  return { name: "a table of ADBench (Han and others 2022)", label, normal: ["0"], exclude: [] };
}

/** A name without its case and the blanks around it. */
export function simplified(name: string): string {
  return name.trim().toLowerCase();
}
