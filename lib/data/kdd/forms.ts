import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import { isMissing } from "../columns/infer-columns";
import { parseArffHeader } from "../formats/arff";
import { type Dialect, RowSplitter, type TextRow } from "../formats/delimited";
import { sniffDialect } from "../formats/dialect";
import { linesOf } from "../formats/text";
import { categoryOf } from "./attacks";
import { layoutOf, mostFrequent, recognisedBytes } from "./layout";
import { kddFeatures, type Layout } from "./schema";

/** How a file has KDD'99's columns: as they were published, or so that its lines can be put in their order. */
export interface KddForm {
  readonly layout: Layout;
  /** Makes the lines of the published form, one of each line, in place of whole lines. */
  readonly rewrite?: (blocks: AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;
  /** What was put right, in a sentence. */
  readonly notice?: string;
}

/** What the caller says of the labels. */
export interface KddLabelOptions {
  /** The label's values of normal rows, where it has others than KDD'99's. */
  readonly normal?: readonly string[];
  /** The column of labels, by its name. Default: the one that tells most. */
  readonly label?: string;
}

/**
 * Finds out how a file has KDD'99's or NSL-KDD's columns: as they were published, or in ARFF, with an index, in another
 * order, with types in the header, the difficulty before the label, a label of 0 and 1.
 *
 * @param name of the file, for messages
 * @param bytes its first, all of them if they are fewer than `recognisedBytes`
 * @returns undefined if the 41 features are not there
 * @throws {InputError} that says what was seen, if it is not certain what it means
 */
export function kddFormOf(name: string, bytes: Buffer, options: KddLabelOptions = {}): KddForm | undefined {
  const sample = sampleOf(name, bytes);
  const places = sample && placesOf(sample);
  if (!sample || !places) return publishedLayout(bytes);
  const label = labelOf(name, sample, places, options);
  const normal = options.normal ?? label.normal;
  const form = isAsPublished(sample, places, label.place) && !normal && publishedLayout(bytes);
  if (form && form.layout.header === (sample.names !== undefined)) return form;
  const all = label.place === undefined ? places : [...places, label.place];
  return {
    layout: {
      header: false,
      columns: label.place === undefined ? 41 : 42,
      places: all,
      otherColumns: sample.columns - all.length,
    },
    rewrite: (blocks) => rewritten(blocks, sample, all, normal),
    ...(label.notice && { notice: label.notice }),
  };
}

/** Whether the values need no change, and nothing stands before them. */
function isAsPublished(sample: Sample, places: readonly number[], label: number | undefined): boolean {
  const { isArff, dialect, columns, rows, names, skippedLines } = sample;
  return (
    !isArff &&
    (names !== undefined || skippedLines === 0) &&
    dialect.delimiter === "," &&
    dialect.quote === '"' &&
    dialect.comment === undefined &&
    places.every((place, i) => place === i) &&
    (label === undefined ? columns === 41 : label === 41 && columns <= 43) &&
    !rows.some(({ fields }) => /^b['"]/.test(fields[1] ?? "") || /[A-Z]/.test(fields[1] ?? ""))
  );
}

const protocol = /(^|,) *(tcp|udp|icmp) *,/im;

/** Other tables, too, have 41 to 43 columns, but no protocol in one of them. */
function publishedLayout(bytes: Buffer): KddForm | undefined {
  const layout = protocol.test(bytes.toString("latin1")) && layoutOf(bytes);
  return layout ? { layout } : undefined;
}

interface Sample {
  readonly isArff: boolean;
  readonly dialect: Dialect;
  /** Lines before the first row. */
  readonly skippedLines: number;
  /** Names of the columns, simplified; undefined where there is no header. */
  readonly names?: readonly string[];
  readonly columns: number;
  readonly rows: readonly TextRow[];
}

function sampleOf(name: string, bytes: Buffer): Sample | undefined {
  const text = bytes.toString("utf8", 0, recognisedBytes).replace(/^\ufeff/, "");
  if (/[\0\ufffd]/.test(text)) return undefined;
  const lines = linesOf(text);
  if (bytes.length > recognisedBytes && lines.length > 1) lines.pop(); // it may be cut off
  const arff = parseArffHeader(name, lines);
  const dialect = arff?.dialect ?? sniffDialect(lines);
  const splitter = new RowSplitter(dialect, arff?.skippedLines);
  const all = lines.flatMap((line) => splitter.add(line) ?? []);
  if (arff) {
    const { skippedLines } = arff;
    const names = arff.columns.map((column) => simplified(column.name));
    return { isArff: true, dialect, skippedLines, names, columns: names.length, rows: all };
  }
  const [first, ...rows] = all;
  if (!first) return undefined;
  const columns = mostFrequent(all.map(({ fields }) => withoutTrailing(fields).length));
  if (columns < 41 || columns > 48) return undefined;
  const names = withoutTrailing(first.fields).map(simplified);
  const plain = { isArff: false, dialect, columns };
  if (isNumbering(names)) return { ...plain, skippedLines: first.line, rows };
  const known = kddFeatures.filter((feature) => names.includes(feature.name)).length;
  if (known < 35) return { ...plain, skippedLines: 0, rows: all };
  const isBefore = rows.length === 0 || rows[0].line > first.line;
  return { ...plain, skippedLines: isBefore ? first.line : 0, names, columns: names.length, rows };
}

/** The header that pandas gives to columns without names: 0, 1, 2 and so on, after the nothing over its index. */
function isNumbering(names: readonly string[]): boolean {
  return (names[0] === "" ? names.slice(1) : names).every((name, i) => name === String(i));
}

/** A comma after the last column is let pass. */
function withoutTrailing(fields: readonly string[]): readonly string[] {
  return fields.length > 41 && fields.at(-1) === "" ? fields.slice(0, -1) : fields;
}

/** `Dst-Host Count: continuous.` as `dst_host_count`. */
function simplified(name: string): string {
  return withoutMarks(name.replace(/\s*:.*$/, ""))
    .toLowerCase()
    .replaceAll(/[ .-]+/g, "_");
}

/** Without quotes, and what Python writes around bytes. */
function withoutMarks(text: string): string {
  return text
    .trim()
    .replace(/^b?(['"])(.*)\1$/s, "$2")
    .trim();
}

/** Whether the column may be the protocol: it has nothing but protocols, some of which may be missing. */
function isProtocol(rows: readonly TextRow[], place: number): boolean {
  const texts = rows
    .map(({ fields }) => withoutMarks(fields[place] ?? ""))
    .filter((text) => !isMissing(text));
  return texts.length > 0 && texts.every((text) => /^(tcp|udp|icmp)$/i.test(text));
}

/** Where the 41 features are; undefined if not all of them are there. */
function placesOf({ names, rows, columns }: Sample): number[] | undefined {
  if (names) {
    const places = kddFeatures.map(({ name }) => names.indexOf(name));
    return places.includes(-1) ? undefined : places;
  }
  const shift = [0, 1].find((shift) => isProtocol(rows, 1 + shift));
  if (shift === undefined || columns < 41 + shift) return undefined;
  if (shift === 1 && !rows.every(({ fields }) => /^\d+$/.test(fields[0]))) return undefined; // no index of rows
  return kddFeatures.map((_, i) => i + shift);
}

interface Label {
  readonly place?: number;
  readonly normal?: readonly string[];
  readonly notice?: string;
}

/** Which of the other columns is the label: the one that tells most. */
function labelOf(name: string, sample: Sample, places: readonly number[], options: KddLabelOptions): Label {
  const others = Array.from({ length: sample.columns }, (_, i) => i).filter((i) => !places.includes(i));
  const said = options.label !== undefined && labelPlace(name, sample, others, options.label);
  if (typeof said === "number") return labelled(name, sample, places, said, options);
  const candidates: { place: number; rank: number; distinct: number }[] = [];
  for (const place of others) {
    const values = new Set(sample.rows.map(({ fields }) => labelText(fields[place] ?? "")));
    const texts = [...values];
    const isNumeric = texts.every((text) => /^\d+$/.test(text));
    if (texts.every(isMissing) || (isNumeric && place === 0)) continue;
    if (!isNumeric)
      candidates.push({ place, rank: texts.some(isKnown) ? 2 : 1, distinct: texts.filter(isKnown).length });
    else if (isLabel(sample, place, others, texts)) candidates.push({ place, rank: 0, distinct: 0 });
    else if (!texts.every((text) => Number(text) <= 21))
      throw new InputError(
        `${name}: column ${place + 1}${sample.names ? ` (${sample.names[place]})` : ""} is none of KDD'99's or NSL-KDD's columns; remove it, ` +
          "or say what type it is of, to have the file read as any other table",
      );
  }
  candidates.sort((a, b) => b.rank - a.rank || b.distinct - a.distinct || a.place - b.place);
  const [best] = candidates;
  if (!best) return {};
  return labelled(name, sample, places, best.place, options);
}

/** The place of the label that the caller names; undefined if it is only another word for the one of a file without names. */
function labelPlace(
  name: string,
  { names }: Sample,
  others: readonly number[],
  label: string,
): number | undefined {
  if (!names) {
    if (/^(label|class|attack|target|outcome)$/i.test(label)) return undefined;
    throw new InputError(
      `${name} has no names of columns; KDD'99's label is called label, not ${shown(label)}`,
    );
  }
  const place = others.find((column) => names[column] === simplified(label));
  if (place !== undefined || (simplified(label) === "label" && others.length > 0)) return place;
  const listed = others.map((column) => names[column]).join(", ");
  throw new InputError(
    `${name} has no column ${shown(label)}, which label names; besides KDD'99's features it has ${listed || "none"}`,
  );
}

/** Whether a column of numbers is the label, and not NSL-KDD's difficulty. */
function isLabel(
  { names, columns }: Sample,
  place: number,
  others: readonly number[],
  texts: readonly string[],
): boolean {
  if (names && /^(label|class|target|outcome|attack|y)/.test(names[place])) return true;
  if (!names && place === columns - 1 && others.every((other) => other === place || other === 0)) return true;
  return texts.every((text) => text === "0" || text === "1") && isLabelName(names?.[place]);
}

/** A label, and which of 0 and 1, or of other words, is normal. */
function labelled(
  name: string,
  sample: Sample,
  places: readonly number[],
  place: number,
  { normal }: KddLabelOptions,
): Label {
  const texts = sample.rows.map(({ fields }) => labelText(fields[place] ?? ""));
  const values = [...new Set(texts)].filter((text) => text !== "");
  if (normal || values.includes("normal") || values.some(isKnown)) return { place };
  const seen = values
    .sort()
    .slice(0, 10)
    .join(", ")
    .replace(/, ([^,]*)$/, " and $1");
  const isBinary = values.every((value) => negativeWords.has(value) || positiveWords.has(value));
  if (!isBinary) {
    const benign = values.filter((value) => value === "benign");
    if (benign.length > 0) return { place, normal: benign, notice: "the label benign is taken for normal" };
    // Kinds of attacks may have any names; numbers, and two words, say nothing of which is normal.
    if (values.length !== 2 && !values.every((value) => /^-?\d/.test(value))) return { place };
    throw new InputError(
      `${name}: its labels (column ${place + 1}) are ${seen}, and it is not certain which of them is normal; say which with the option normal`,
    );
  }
  const [zero, one] = [negativeWords, positiveWords].map((words) =>
    failedShare(sample, place, places[3], words),
  );
  if (zero > one)
    throw new InputError(
      `${name}: its labels (column ${place + 1}) are ${seen}, and it is not certain which of them is normal, as more connections ` +
        `fail where it is ${values.find((value) => negativeWords.has(value))}; say which with the option normal`,
    );
  const normals = values.filter((value) => negativeWords.has(value));
  return {
    place,
    normal: [...negativeWords],
    notice: `the labels are ${seen}: ${normals[0] ?? "0"} is taken for normal`,
  };
}

const negativeWords: ReadonlySet<string> = new Set(["0", "0.0", "false"]);
const positiveWords: ReadonlySet<string> = new Set(["1", "1.0", "true"]);

function isLabelName(name: string | undefined): boolean {
  return name === undefined || !/difficulty|level|score|learner/.test(name);
}

function labelText(text: string): string {
  const label = withoutMarks(text).replace(/\.$/, "");
  return isMissing(label) ? "" : label.toLowerCase();
}

function isKnown(label: string): boolean {
  return categoryOf(label) !== "other";
}

/** The share of rows with that label whose connection was refused or had no answer: attacks have most of them. */
function failedShare({ rows }: Sample, label: number, flag: number, values: ReadonlySet<string>): number {
  const found = rows.filter(({ fields }) => values.has(labelText(fields[label] ?? "")));
  const failed = found.filter(({ fields }) =>
    /^(S0|REJ|RSTO|RSTR|SH)$/.test(withoutMarks(fields[flag] ?? "")),
  );
  return found.length === 0 ? 0 : failed.length / found.length;
}

async function* rewritten(
  blocks: AsyncIterable<Buffer>,
  sample: Sample,
  places: readonly number[],
  normal: readonly string[] | undefined,
): AsyncGenerator<Buffer> {
  const splitter = new RowSplitter(sample.dialect, sample.skippedLines);
  const normals = normal && new Set(normal.map(labelText));
  for await (const block of blocks) {
    const lines = linesOf(block.toString("utf8")).map((line) => {
      const row = splitter.add(line);
      return row ? published(row, line, sample.columns, places, normals) : "";
    });
    yield Buffer.from(`${lines.join("\n")}\n`);
  }
  const last = splitter.end();
  if (last) yield Buffer.from(`${last.text}\n`);
}

/** A row as it was published; one that is bad as far as it goes, so that it is found to be bad. */
function published(
  { fields, problem }: TextRow,
  line: string,
  columns: number,
  places: readonly number[],
  normals: ReadonlySet<string> | undefined,
): string {
  const isTrailing = fields.length === columns + 1 && fields[columns] === "";
  if (problem) return line;
  if (fields.length !== columns && !isTrailing) {
    const other = columns - places.length;
    return Array(Math.max(1, fields.length - other))
      .fill("?")
      .join(",");
  }
  return places
    .map((place, i) => {
      const text = withoutMarks(fields[place]);
      if (i === 1 && !isMissing(text)) return text.toLowerCase();
      if (i === 41 && normals) return normals.has(labelText(text)) ? "normal" : text;
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(",");
}
