import { open, rm } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import { join } from "node:path";
import { addAbortSignal } from "node:stream";
import { InputError, requireNumber, systemErrorCode } from "../../common/errors";
import { isThere } from "../../common/plain-file";
import type { WorkOptions } from "../../common/progress";
import { inTransaction } from "../../common/transaction";
import { unwritable } from "../../common/unwritable";
import { isGzip, sha256OfContent, sha256OfFile } from "../content";
import type { DownloadSource } from "./sources";

export interface DownloadOptions extends WorkOptions {
  /** Where to get the file, tried in order. Default: the source's own addresses. */
  readonly addresses?: readonly string[];
  /** Milliseconds to wait for an answer from one address, redirects included. Default 15,000. */
  readonly connectTimeout?: number;
  /** Milliseconds without a byte after which an address is given up. Default 30,000. */
  readonly stallTimeout?: number;
  /** Bytes a second that an address must give on the average of twice `stallTimeout`, or it is given up. Default 1,000. */
  readonly minimumRate?: number;
}

const MAX_REDIRECTS = 10;
const MAX_TIMEOUT = 2 ** 31 - 1;
/** Of a source that does not say how large it may be: some ten times the largest of KDD'99, unpacked. */
const LARGEST = 8e9;

/**
 * Downloads a file into a folder, which is created if need be, and gives its path. The addresses are tried in
 * order. The file appears under its name only when it is whole and its checksum is right; what a killed download leaves is
 * hidden, and removed by the next command that writes there.
 *
 * A right file that is there already is not downloaded again; a wrong one is refused, never overwritten: it
 * may be the user's own.
 *
 * Progress is in bytes and starts at 0 with each address; `total` equals `done` where the server tells no size.
 *
 * @throws {InputError} if no address gives the file (the message names each with its reason, and says what to
 * do by hand), a wrong file is in its place, or the folder can't be written; the signal's reason if aborted
 */
export async function download(
  source: DownloadSource,
  folder: string,
  options: DownloadOptions = {},
): Promise<string> {
  const {
    addresses = source.addresses,
    connectTimeout = 15_000,
    stallTimeout = 30_000,
    minimumRate = 1000,
    signal,
  } = options;
  requireNumber("connectTimeout", connectTimeout, { min: 1, max: MAX_TIMEOUT });
  requireNumber("stallTimeout", stallTimeout, { min: 1, max: MAX_TIMEOUT });
  requireNumber("minimumRate", minimumRate, { min: 0, max: Number.MAX_SAFE_INTEGER });
  signal?.throwIfAborted();

  const path = join(folder, source.file);
  if (await isThere(path)) {
    const fault = await checksumFault(source, path, signal);
    if (!fault) return path;
    throw new InputError(
      `${path} exists, but is not the right file: ${fault}; move it away to download ${source.file}, or pass --data FILE to use another`,
    );
  }
  return inTransaction({}, async (transaction) => {
    const part = await transaction.stageFile(path);
    const attempt = { ...options, connectTimeout, stallTimeout, minimumRate };
    await fetchFrom(addresses, source, part, folder, attempt);
    return path;
  });
}

/** Writes the file to the new file `part`, from the first of the addresses that gives it. */
async function fetchFrom(
  addresses: readonly string[],
  source: DownloadSource,
  part: string,
  folder: string,
  attempt: Attempt,
): Promise<void> {
  const failures: string[] = [];
  for (const address of addresses) {
    try {
      await fetchFile(address, part, source, attempt);
      const fault = await checksumFault(source, part, attempt.signal);
      if (!fault) return;
      throw new Error(fault);
    } catch (error) {
      attempt.signal?.throwIfAborted();
      await rm(part, { force: true });
      if (error instanceof InputError) throw error;
      failures.push(`${address} (${reason(error)})`);
    }
  }
  throw new Unavailable(
    `cannot download ${source.file} from ${failures.join(" or ")}: put ${source.file} into ${join(folder, "/")} or pass --data FILE`,
  );
}

/** No address gives the file: there is no network, or it is not where it was. */
export class Unavailable extends InputError {}

type Attempt = WorkOptions &
  Required<Pick<DownloadOptions, "connectTimeout" | "stallTimeout" | "minimumRate">>;

/** Writes what one address gives to the new file `part`. @throws {InputError} only if that can't be written */
async function fetchFile(
  address: string,
  part: string,
  { file: name, mostBytes = LARGEST }: DownloadSource,
  options: Attempt,
): Promise<void> {
  const { connectTimeout, stallTimeout, onProgress } = options;
  const watchdog = new Watchdog(options);
  let done = 0;
  let size = 0;
  const requireNoMore = (bytes: number) => {
    if (bytes > mostBytes) throw new Error(`not the right file: it has more than ${mostBytes} bytes`);
  };
  const report = () =>
    onProgress?.({
      stage: `downloading ${name}`,
      done,
      total: Math.max(done, size),
      note: new URL(address).host,
    });

  const file = await writing(part, open(part, "wx"));
  try {
    watchdog.waitFor("answer", connectTimeout);
    const response = addAbortSignal(watchdog.signal, await request(address, watchdog.signal));
    size = Number(response.headers["content-length"] ?? 0);
    requireNoMore(size);
    report();
    watchdog.waitFor("data", stallTimeout);
    watchdog.watchRate(() => done);
    for await (const chunk of response) {
      watchdog.rest();
      requireNoMore(done + chunk.length);
      await writing(part, file.writeFile(chunk));
      done += chunk.length;
      report();
      watchdog.waitFor("data", stallTimeout);
    }
  } catch (error) {
    watchdog.signal.throwIfAborted();
    if (systemErrorCode(error) !== "ECONNRESET") throw error;
    throw new Error(`connection lost after ${done}${size ? ` of ${size}` : ""} bytes`);
  } finally {
    watchdog.end();
    await writing(part, file.close());
  }
}

/** Ends a download that gets no answer, stalls or is too slow. */
class Watchdog {
  /** Aborted by it, and by the user. */
  readonly signal: AbortSignal;
  readonly #own = new AbortController();
  readonly #minimumRate: number;
  readonly #rateWindow: number;
  #timer: NodeJS.Timeout | undefined;
  #rateTimer: NodeJS.Timeout | undefined;

  constructor({ stallTimeout, minimumRate, signal }: Attempt) {
    this.signal = signal ? AbortSignal.any([signal, this.#own.signal]) : this.#own.signal;
    this.#minimumRate = minimumRate;
    this.#rateWindow = Math.min(2 * stallTimeout, MAX_TIMEOUT);
  }

  waitFor(what: string, milliseconds: number): void {
    this.rest();
    const reason = new Error(`no ${what}: timed out after ${milliseconds / 1000} s`);
    this.#timer = setTimeout(() => this.#own.abort(reason), milliseconds);
  }

  /** What was waited for is there. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** @param bytesOf how many bytes there are so far */
  watchRate(bytesOf: () => number): void {
    let before = 0;
    const seconds = this.#rateWindow / 1000;
    this.#rateTimer = setInterval(() => {
      const given = bytesOf() - before;
      if (given < this.#minimumRate * seconds)
        this.#own.abort(new Error(`too slow: ${given} bytes in ${seconds} s`));
      before += given;
    }, this.#rateWindow);
  }

  end(): void {
    this.rest();
    clearInterval(this.#rateTimer);
    this.#own.abort();
  }
}

/** The 200 answer of an address, its body unread, after redirects. Plain `http`, as `fetch` would gunzip some bodies. */
async function request(address: string, signal: AbortSignal): Promise<http.IncomingMessage> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await get(url, signal);
    const { statusCode = 0, statusMessage, headers } = response;
    if (statusCode === 200) return response;
    response.destroy();
    if (statusCode < 300 || statusCode > 399 || !headers.location) {
      throw new Error(`${statusCode} ${statusMessage}`.trim());
    }
    url = new URL(headers.location, url);
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

function get(url: URL, signal: AbortSignal): Promise<http.IncomingMessage> {
  const client = url.protocol === "https:" ? https : http;
  // Node's 250 ms for each of a host's addresses is too short for a slow line.
  const agent = new client.Agent({ autoSelectFamilyAttemptTimeout: 3_000 });
  return new Promise((resolve, reject) => {
    client
      .get(url, { agent, signal, headers: { "user-agent": "traffic-anomaly" } }, resolve)
      .on("error", reject);
  });
}

/** What is wrong with a file's checksum, or nothing. */
async function checksumFault(
  source: DownloadSource,
  path: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const actual = await sha256OfFile(path, signal);
  if (actual === source.sha256) return undefined;
  if (source.contentSha256) {
    const content = await sha256OfContent(path, signal).catch(() => "damaged");
    signal?.throwIfAborted();
    if (content === source.contentSha256) return undefined;
  }
  const kind = (await isGzip(path)) ? "" : "not a gzip file, ";
  return `${kind}checksum differs: expected ${source.sha256}, got ${actual}`;
}

/** Tells a failure of the disk, which no other address fixes, from one of the network. */
async function writing<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unwritable(path, error);
  }
}

function reason(error: unknown): string {
  const code = systemErrorCode(error);
  const text = (error instanceof Error && error.message) || code || String(error);
  const message = text.replace(/\s+/g, " ").trim();
  const offline = ["ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"].includes(code ?? "");
  return offline ? `no network: ${message}` : message;
}
