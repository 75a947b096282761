export type SourceId = "10-percent" | "full" | "corrected";

/** A file that can be downloaded, and how to tell that it is the right one. */
export interface DownloadSource {
  readonly id: SourceId;
  /** The file's name in the data folder, and the one to look for by hand. */
  readonly file: string;
  readonly rows: number;
  /** Of the gzip file, where it is known. */
  readonly bytes?: number;
  /** SHA-256 of the gzip file. */
  readonly sha256: string;
  /** SHA-256 of the uncompressed content, where it is known. */
  readonly contentSha256?: string;
  /** No right file has more bytes: those of its content, or where only one gzip file is accepted, about as many as that. */
  readonly mostBytes?: number;
  /** Where to get it, best address first. */
  readonly addresses: readonly string[];
}

const uci = (file: string) => [
  `https://kdd.ics.uci.edu/databases/kddcup99/${file}`,
  `http://kdd.ics.uci.edu/databases/kddcup99/${file}`, // where a network lets no more through
];
const figshare = "https://ndownloader.figshare.com/files";

/**
 * The KDD'99 files. Gzip files of the same content differ in their headers, so that a file whose own hash
 * differs is still right when its uncompressed content is.
 */
export const sources: Readonly<Record<SourceId, DownloadSource>> = {
  "10-percent": {
    id: "10-percent",
    file: "kddcup.data_10_percent.gz",
    rows: 494_021,
    bytes: 2_144_903,
    sha256: "8045aca0d84e70e622d1148d7df782496f6333bf6eb979a1b0837c42a9fd9561",
    contentSha256: "f8c8267ebcd9c0ed1fd7d6277fe5bfff8732e9b7db8e61b873542b2a534b6f9a",
    mostBytes: 74_889_749,
    addresses: [...uci("kddcup.data_10_percent.gz"), `${figshare}/5976042`],
  },
  // The hash of the uncompressed content is not known: only the very gzip file is accepted.
  full: {
    id: "full",
    file: "kddcup.data.gz",
    rows: 4_898_431,
    sha256: "3b6c942aa0356c0ca35b7b595a26c89d343652c9db428893e7494f837b274292",
    mostBytes: 20_000_000,
    addresses: [...uci("kddcup.data.gz"), `${figshare}/5976045`],
  },
  // No official hash exists: both are those of one copy. No mirror is known.
  corrected: {
    id: "corrected",
    file: "corrected.gz",
    rows: 311_029,
    bytes: 1_409_035,
    sha256: "74f0daef49b242badc09f2adbd457dea6a45b4f77177efbd11216d333651044b",
    contentSha256: "547dfb9c0f0dc1d9944219ec79e851191faebaeb8acbfa1cd171c418397052a4",
    mostBytes: 47_251_540,
    addresses: uci("corrected.gz"),
  },
};
