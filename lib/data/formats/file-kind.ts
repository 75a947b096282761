import { InputError } from "../../common/errors";

/** By so many of its first bytes a file that is no table is told. */
export const kindBytes = 512;

/** How files begin that are no table or text, one character a byte; and what they are, and what to do. */
interface ForeignKind {
  readonly begins: readonly string[];
  readonly at?: number;
  /** `is …`, and what to do. */
  readonly sentence: string;
}

const unpackedBy = (kind: string, command: string) => `is packed by ${kind}; unpack it first: ${command}`;
const asUtf8 = (kind: string) =>
  `is ${kind} text; convert it to UTF-8 first: iconv -f ${kind} -t UTF-8 FILE > CONVERTED`;

const foreignKinds: readonly ForeignKind[] = [
  { begins: ["\xfd7zXZ\0"], sentence: unpackedBy("xz", "xz -d FILE") },
  { begins: ["]\0\0"], sentence: unpackedBy("lzma", "xz -d FILE") },
  { begins: ["BZh"], sentence: unpackedBy("bzip2", "bzip2 -d FILE") },
  { begins: ["7z\xbc\xaf'\x1c"], sentence: unpackedBy("7-Zip", "7z x FILE") },
  { begins: ["Rar!"], sentence: unpackedBy("RAR", "unrar x FILE") },
  { begins: ['\x04"M\x18'], sentence: unpackedBy("lz4", "lz4 -d FILE") },
  { begins: ["\xff\x06\0\0sN"], sentence: unpackedBy("Snappy", "snzip -d FILE") },
  { begins: ["\x1f\x9d"], sentence: unpackedBy("compress", "uncompress FILE") },
  { begins: ["ustar"], at: 257, sentence: "is a tar archive; unpack it first: tar -xf FILE" },
  {
    begins: ["\x1f\x8b"],
    sentence:
      "is packed twice, inside by gzip; unpack it once first: gunzip FILE, or zstd -d FILE if it is Zstandard",
  },
  {
    begins: ["PAR1"],
    sentence:
      "is a Parquet file packed whole; unpack it first: gunzip FILE, or zstd -d FILE if it is Zstandard",
  },
  {
    begins: ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
    sentence: "is a workbook of Excel 97 to 2003, or another Office file; save its sheet as CSV UTF-8 first",
  },
  { begins: ["\x89PNG", "\xff\xd8\xff", "GIF8"], sentence: "is a picture; a table is needed, such as CSV" },
  { begins: ["%PDF"], sentence: "is a PDF document; a table is needed, such as CSV" },
  { begins: ["SQLite format 3"], sentence: "is an SQLite database; export its table as CSV first" },
  {
    begins: ["\x89HDF"],
    sentence: "is an HDF5 file; write its table as CSV or Parquet first, as pandas' to_parquet does",
  },
  {
    begins: ["\x93NUMPY"],
    sentence: "is a NumPy array; write it as CSV or Parquet first, as pandas' to_parquet does",
  },
  {
    begins: ["ARROW1", "FEA1"],
    sentence: "is an Arrow or Feather file; write it as Parquet first, as pandas' to_parquet does",
  },
  { begins: ["Obj\x01"], sentence: "is an Avro file; write it as Parquet or CSV first" },
  { begins: ["ORC"], sentence: "is an ORC file; write it as Parquet or CSV first" },
  { begins: ["PARE"], sentence: "is an encrypted Parquet file; write it without encryption first" },
  { begins: ["MATLAB 5.0"], sentence: "is a MATLAB file; write its matrix as CSV first" },
  {
    begins: ["\x80\x02", "\x80\x03", "\x80\x04", "\x80\x05"],
    sentence: "is a Python pickle, which is not read as it may run code; write it as CSV or Parquet first",
  },
  {
    begins: ["\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "M<\xb2\xa1", "\n\r\r\n"],
    sentence: "is a packet capture; have Zeek make a connection log of it first: zeek -r FILE",
  },
  { begins: ["\xff\xfe\0\0", "\0\0\xfe\xff"], sentence: asUtf8("UTF-32") },
  { begins: ["\xff\xfe", "\xfe\xff"], sentence: asUtf8("UTF-16") },
];

/**
 * Refuses a file that is surely no text or table that can be read: an archive, a workbook, a web page.
 *
 * @param name of the file, for the message
 * @param first bytes of its content
 * @throws {InputError} that says what it is and what to do
 */
export function refuseForeign(name: string, first: Buffer): void {
  const sentence = foreignSentence(first);
  if (sentence) throw new InputError(`${name} ${sentence}`);
}

function foreignSentence(first: Buffer): string | undefined {
  const bytes = first.toString("latin1");
  if (bytes.startsWith("PK\x03\x04") || bytes.startsWith("PK\x05\x06")) return zipSentence(bytes);
  const kind = foreignKinds.find(({ begins, at }) => begins.some((sign) => bytes.startsWith(sign, at)));
  if (kind) return kind.sentence;
  if (first.includes(0)) return zeroBytesSentence(first);
  const text = bytes.replace(/^ï»¿/, "").trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body|<!--)/.test(text))
    return "is a web page (HTML), not data; download the file itself, not the page that shows it";
  if (text.startsWith("<?xml") || /^<[a-z]+[\s>]/.test(text)) return "is XML; write its table as CSV first";
  if (text.startsWith("version https://git-lfs"))
    return "is a Git LFS pointer, not the file itself; fetch it first: git lfs pull";
  return text.startsWith("{\\rtf") ? "is an RTF document; save its table as CSV UTF-8 first" : undefined;
}

/** @param names as they stand in its beginning, among other bytes */
function zipSentence(names: string): string {
  if (names.includes("[Content_Types].xml") || names.includes("xl/") || names.includes("_rels/"))
    return "is an Excel workbook; save its sheet as CSV UTF-8 first";
  if (names.includes("mimetypeapplication/vnd.oasis"))
    return "is an OpenDocument file; save its sheet as CSV first";
  if (/\.npy/.test(names))
    return "holds NumPy arrays (npz); write them as CSV or Parquet first, as pandas' to_parquet does";
  return "is a zip archive; unpack it first: unzip FILE";
}

/** Text of two or four bytes a character has zeros at all places but one of them. */
function zeroBytesSentence(first: Buffer): string {
  const zeros = [0, 0, 0, 0];
  for (const [i, byte] of first.entries()) if (byte === 0) zeros[i % 4]++;
  const quarter = Math.floor(first.length / 4);
  const pattern = zeros
    .map((count) => (count > 0.7 * quarter ? 0 : count < 0.1 * quarter ? 1 : "?"))
    .join("");
  const kinds: Record<string, string> = {
    "1010": "UTF-16LE",
    "0101": "UTF-16BE",
    "1000": "UTF-32LE",
    "0001": "UTF-32BE",
  };
  if (kinds[pattern]) return asUtf8(kinds[pattern]);
  return "is not a text file; CSV, TSV, JSON lines, ARFF and Parquet are read, plain, gzip or zstd";
}
