import { InputError } from "../../common/errors";

/** By so many of its first bytes a file that is no table is told. */
export const kindBytes = 512;

interface ForeignKind {
  readonly begins: readonly (string | readonly number[])[];
  readonly at?: number;
  /** `is …`, and what to do. */
  readonly sentence: string;
}

const unpackedBy = (kind: string, command: string) => `is packed by ${kind}; unpack it first: ${command}`;
const asUtf8 = (kind: string) =>
  `is ${kind} text; convert it to UTF-8 first: iconv -f ${kind} -t UTF-8 FILE > CONVERTED`;

const foreignKinds: readonly ForeignKind[] = [
  { begins: [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]], sentence: unpackedBy("xz", "xz -d FILE") },
  { begins: [[0x5d, 0x00, 0x00]], sentence: unpackedBy("lzma", "xz -d FILE") },
  { begins: ["BZh"], sentence: unpackedBy("bzip2", "bzip2 -d FILE") },
  { begins: [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]], sentence: unpackedBy("7-Zip", "7z x FILE") },
  { begins: ["Rar!"], sentence: unpackedBy("RAR", "unrar x FILE") },
  { begins: [[0x04, 0x22, 0x4d, 0x18]], sentence: unpackedBy("lz4", "lz4 -d FILE") },
  { begins: [[0xff, 0x06, 0x00, 0x00, 0x73, 0x4e]], sentence: unpackedBy("Snappy", "snzip -d FILE") },
  { begins: [[0x1f, 0x9d]], sentence: unpackedBy("compress", "uncompress FILE") },
  { begins: ["ustar"], at: 257, sentence: "is a tar archive; unpack it first: tar -xf FILE" },
  {
    begins: [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
    sentence: "is a workbook of Excel 97 to 2003, or another Office file; save its sheet as CSV UTF-8 first",
  },
  {
    begins: ["\u0089PNG", [0xff, 0xd8, 0xff], "GIF8"],
    sentence: "is a picture; a table is needed, such as CSV",
  },
  { begins: ["%PDF"], sentence: "is a PDF document; a table is needed, such as CSV" },
  { begins: ["SQLite format 3"], sentence: "is an SQLite database; export its table as CSV first" },
  {
    begins: [[0x89, 0x48, 0x44, 0x46]],
    sentence: "is an HDF5 file; write its table as CSV or Parquet first, as pandas' to_parquet does",
  },
  {
    begins: [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]],
    sentence: "is a NumPy array; write it as CSV or Parquet first, as pandas' to_parquet does",
  },
  {
    begins: ["ARROW1", "FEA1"],
    sentence: "is an Arrow or Feather file; write it as Parquet first, as pandas' to_parquet does",
  },
  { begins: ["Obj\u0001"], sentence: "is an Avro file; write it as Parquet or CSV first" },
  { begins: ["ORC"], sentence: "is an ORC file; write it as Parquet or CSV first" },
  { begins: ["PARE"], sentence: "is an encrypted Parquet file; write it without encryption first" },
  { begins: ["MATLAB 5.0"], sentence: "is a MATLAB file; write its matrix as CSV first" },
  {
    begins: [
      [0x80, 0x02],
      [0x80, 0x03],
      [0x80, 0x04],
      [0x80, 0x05],
    ],
    sentence: "is a Python pickle, which is not read as it may run code; write it as CSV or Parquet first",
  },
  {
    begins: [
      [0xd4, 0xc3, 0xb2, 0xa1],
      [0xa1, 0xb2, 0xc3, 0xd4],
      [0x4d, 0x3c, 0xb2, 0xa1],
      [0x0a, 0x0d, 0x0d, 0x0a],
    ],
    sentence: "is a packet capture; have Zeek make a connection log of it first: zeek -r FILE",
  },
  {
    begins: [
      [0xff, 0xfe, 0x00, 0x00],
      [0x00, 0x00, 0xfe, 0xff],
    ],
    sentence: asUtf8("UTF-32"),
  },
  {
    begins: [
      [0xff, 0xfe],
      [0xfe, 0xff],
    ],
    sentence: asUtf8("UTF-16"),
  },
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
  if (beginsWith(first, "PK\u0003\u0004") || beginsWith(first, "PK\u0005\u0006")) return zipSentence(first);
  const kind = foreignKinds.find(({ begins, at = 0 }) => begins.some((sign) => beginsWith(first, sign, at)));
  if (kind) return kind.sentence;
  if (first[0] === 0x1f && first[1] === 0x8b)
    return "is packed twice, inside by gzip; unpack it once first: gunzip FILE, or zstd -d FILE if it is Zstandard";
  if (beginsWith(first, "PAR1"))
    return "is a Parquet file packed whole; unpack it first: gunzip FILE, or zstd -d FILE if it is Zstandard";
  if (first.includes(0)) return zeroBytesSentence(first);
  const text = first.toString("latin1").replace(/^ï»¿/, "").trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body|<!--)/.test(text))
    return "is a web page (HTML), not data; download the file itself, not the page that shows it";
  if (text.startsWith("<?xml") || /^<[a-z]+[\s>]/.test(text)) return "is XML; write its table as CSV first";
  if (text.startsWith("version https://git-lfs"))
    return "is a Git LFS pointer, not the file itself; fetch it first: git lfs pull";
  return text.startsWith("{\\rtf") ? "is an RTF document; save its table as CSV UTF-8 first" : undefined;
}

function beginsWith(bytes: Buffer, sign: string | readonly number[], at = 0): boolean {
  const wanted = typeof sign === "string" ? Buffer.from(sign, "latin1") : Buffer.from(sign);
  return bytes.subarray(at, at + wanted.length).equals(wanted);
}

function zipSentence(first: Buffer): string {
  const names = first.toString("latin1");
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
