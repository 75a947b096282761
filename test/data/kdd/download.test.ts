import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { DownloadOptions } from "traffic-anomaly/dist/data/kdd/download";
import { download } from "traffic-anomaly/dist/data/kdd/download";
import type { DownloadSource } from "traffic-anomaly/dist/data/kdd/sources";
import { sources } from "traffic-anomaly/dist/data/kdd/sources";

const content = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `${i * i},tcp,http\n`).join(""));
const whole = gzipSync(content);
const recompressed = gzipSync(content, { level: 1 });
const half = whole.subarray(0, whole.length / 2);
const corrupt = Buffer.from(whole);
corrupt[1000] ^= 1;

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const source: DownloadSource = {
  id: "corrected",
  file: "small.gz",
  rows: 60_000,
  sha256: sha256(whole),
  contentSha256: sha256(content),
  addresses: [],
};

/** Bytes that an endless answer has sent. */
let sent = 0;

const routes: Record<string, (response: ServerResponse) => void> = {
  "/dripping": (response) => {
    const timer = setInterval(() => response.write("x"), 50);
    response.once("close", () => clearInterval(timer));
  },
  "/endless": (response) => {
    const more = () => {
      sent += 65_536;
      if (!response.destroyed) response.write(Buffer.alloc(65_536), more);
    };
    more();
  },
  "/says-it-is-huge": (response) => response.setHeader("content-length", 1e12).write(half),
  "/whole": (response) => response.setHeader("content-length", whole.length).end(whole),
  "/without-length": (response) => {
    response.write(whole);
    response.end();
  },
  "/encoded": (response) => response.setHeader("content-encoding", "gzip").end(whole),
  "/recompressed": (response) => response.end(recompressed),
  "/plain": (response) => response.end(content),
  "/corrupt": (response) => response.end(corrupt),
  "/log-in": (response) => response.end("<html>Please log in</html>"),
  "/truncated": (response) => {
    response.setHeader("content-length", whole.length).write(half, () => response.destroy());
  },
  "/truncated-chunks": (response) => response.write(half, () => response.destroy()),
  "/truncated-without-length": (response) => {
    response.socket?.end(Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"), half]));
  },
  "/hang-up": (response) => response.destroy(),
  "/silent": () => {},
  "/stalled": (response) => response.setHeader("content-length", whole.length).write(half),
  "/slow": (response) => {
    const parts = Array.from({ length: 8 }, (_, i) =>
      whole.subarray((i * whole.length) / 8, ((i + 1) * whole.length) / 8),
    );
    response.setHeader("content-length", whole.length);
    const timer = setInterval(() => {
      const part = parts.shift();
      if (part) response.write(part);
      else response.end(() => clearInterval(timer));
    }, 60);
  },
  "/500": (response) => response.writeHead(500).end("sorry"),
  "/moved": (response) => response.writeHead(301, { location: "/found" }).end(),
  "/found": (response) => response.writeHead(302, { location: `${origin}/whole` }).end("here"),
  "/loop": (response) => response.writeHead(302, { location: "/loop" }).end(),
  "/to-file": (response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
};

const requested: string[] = [];
const server = createServer((request: IncomingMessage, response) => {
  requested.push(request.url ?? "");
  const route = routes[request.url ?? ""];
  if (route) route(response);
  else response.writeHead(404).end("nothing here");
});
let origin: string;
let refused: string;
let folder: string;

before(async () => {
  const listen = (target: typeof server) =>
    new Promise<string>((resolve) => {
      target.listen(0, "127.0.0.1", () =>
        resolve(`http://127.0.0.1:${(target.address() as AddressInfo).port}`),
      );
    });
  origin = await listen(server);
  const closed = createServer();
  refused = `${await listen(closed)}/whole`;
  await new Promise((resolve) => closed.close(resolve));
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-"));
  requested.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const get = (paths: string[], options: DownloadOptions = {}) =>
  download(source, folder, {
    addresses: paths.map((path) => (path.startsWith("/") ? origin + path : path)),
    connectTimeout: 300,
    stallTimeout: 300,
    ...options,
  });

async function assertRefused(path: string, reason: RegExp): Promise<void> {
  await assert.rejects(get([path]), (error: Error) => {
    assert.equal(error.name, "InputError");
    assert.match(error.message, reason);
    assert.ok(error.message.includes(path), error.message);
    assert.ok(error.message.endsWith(`put small.gz into ${folder}/ or pass --data FILE`), error.message);
    return true;
  });
  assert.deepEqual(await readdir(folder), []);
}

test("a download leaves the whole file and nothing else", async () => {
  const path = await get(["/whole"]);
  assert.equal(path, join(folder, "small.gz"));
  assert.deepEqual(await readFile(path), whole);
  assert.deepEqual(await readdir(folder), ["small.gz"]);
});

test("a missing folder is created", async () => {
  const target = join(folder, "new", "data");
  const path = await download(source, target, { addresses: [`${origin}/whole`] });
  assert.equal(path, join(target, "small.gz"));
  assert.deepEqual(await readdir(target), ["small.gz"]);
});

for (const path of ["/without-length", "/encoded", "/moved", "/slow"]) {
  test(`${path} gives the very bytes of the gzip file`, async () => {
    assert.deepEqual(await readFile(await get([path])), whole);
  });
}

for (const path of ["/recompressed", "/plain"]) {
  test(`${path} is accepted, as its content is right`, async () => {
    assert.ok(!(await readFile(await get([path]))).equals(whole));
  });
}

test("another gzip file of the same content is refused when only the outer checksum is known", async () => {
  const { contentSha256: _, ...strict } = source;
  const attempt = download(strict, folder, { addresses: [`${origin}/recompressed`] });
  await assert.rejects(attempt, /checksum differs: expected [0-9a-f]{64}, got [0-9a-f]{64}/);
  assert.deepEqual(await readdir(folder), []);
});

for (const [path, reason] of [
  ["/missing", /\(404 Not Found\)/],
  ["/500", /\(500 Internal Server Error\)/],
  ["/corrupt", new RegExp(`\\(checksum differs: expected ${sha256(whole)}, got ${sha256(corrupt)}\\)`)],
  ["/log-in", /\(not a gzip file, checksum differs/],
  ["/truncated", new RegExp(`\\(connection lost after \\d+ of ${whole.length} bytes\\)`)],
  ["/truncated-chunks", /\(connection lost after \d+ bytes\)/],
  ["/truncated-without-length", new RegExp(`checksum differs: .*got ${sha256(half)}`)],
  ["/hang-up", /\(connection lost after 0 bytes\)/],
  ["/silent", /\(no answer: timed out after 0.3 s\)/],
  ["/stalled", /\(no data: timed out after 0.3 s\)/],
  ["/loop", /\(more than 10 redirects\)/],
  ["/to-file", /Protocol "file:" not supported/],
] as const) {
  test(`${path} is refused with its reason and leaves nothing`, () => assertRefused(path, reason));
}

test("an address that speaks no TLS is refused in one line", async () => {
  const address = `${origin.replace("http:", "https:")}/whole`;
  await assert.rejects(get([address]), (error: Error) => /^cannot download .*SSL.*$/.test(error.message));
});

test("an address that refuses the connection is refused with its reason", () =>
  assertRefused(refused, /connect ECONNREFUSED 127\.0\.0\.1/));

for (const path of [
  "/missing",
  "/500",
  "/corrupt",
  "/truncated",
  "/silent",
  "/stalled",
  "/loop",
  "no address",
]) {
  test(`after ${path} the next address is tried, and the last is left alone`, async () => {
    assert.deepEqual(await readFile(await get([path, "/whole", "/recompressed"])), whole);
    assert.deepEqual(await readdir(folder), ["small.gz"]);
    assert.equal(requested.at(-1), "/whole");
  });
}

test("when every address fails, each is named with its reason", async () => {
  await assert.rejects(
    get(["/missing", "/stalled", refused]),
    /^InputError: cannot download small\.gz from http\S+missing \(404.*\) or http\S+stalled \(no data.*\) or http\S+ \(connect ECONN.*\): put /,
  );
});

test("an address is given up by silence, not by its whole duration", async () => {
  await get(["/slow"]);
  assert.deepEqual(requested, ["/slow"]);
});

test("progress rises from 0 to the size of the file", async () => {
  const updates: number[] = [];
  await get(["/slow"], {
    onProgress: ({ stage, done, total, note }) => {
      assert.equal(stage, "downloading small.gz");
      assert.equal(note, new URL(origin).host);
      assert.equal(total, whole.length);
      updates.push(done);
    },
  });
  assert.equal(updates[0], 0);
  assert.equal(updates.at(-1), whole.length);
  assert.ok(updates.length > 3);
  assert.ok(updates.every((done, i) => i === 0 || done > updates[i - 1]));
});

test("where the server tells no size, the total is what has come", async () => {
  const updates: (readonly [number, number])[] = [];
  await get(["/without-length"], { onProgress: ({ done, total }) => updates.push([done, total]) });
  assert.ok(updates.every(([done, total]) => done === total));
  assert.equal(updates.at(-1)?.[0], whole.length);
});

test("an abort before the answer, in the middle and beforehand throws the signal's reason, leaves nothing and asks no further address", async () => {
  for (const path of ["/silent", "/stalled", undefined]) {
    requested.length = 0;
    const controller = new AbortController();
    const reason = new Error("enough");
    const abort = async () => {
      while (path && requested.length === 0) await sleep(10);
      controller.abort(reason);
    };
    const aborted = abort();
    await assert.rejects(get([path ?? "/whole", "/whole"], { signal: controller.signal }), reason);
    await aborted;
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(requested, path ? [path] : []);
  }
});

test("an abort while data comes leaves nothing", async () => {
  const controller = new AbortController();
  const onProgress = ({ done }: { done: number }) => done > 0 && controller.abort();
  await assert.rejects(get(["/slow", "/whole"], { signal: controller.signal, onProgress }), {
    name: "AbortError",
  });
  assert.deepEqual(await readdir(folder), []);
});

test("a right file that is there is not downloaded again, however it was compressed", async () => {
  for (const bytes of [whole, recompressed]) {
    await writeFile(join(folder, "small.gz"), bytes);
    assert.equal(await get(["/whole"]), join(folder, "small.gz"));
    assert.deepEqual(await readFile(join(folder, "small.gz")), bytes);
  }
  assert.deepEqual(requested, []);
});

test("a wrong file that is there is refused and left as it is", async () => {
  await writeFile(join(folder, "small.gz"), half);
  await assert.rejects(get(["/whole"]), {
    name: "InputError",
    message: /small\.gz exists, but is not the right file: checksum differs: .*; move it away/,
  });
  assert.deepEqual(await readFile(join(folder, "small.gz")), half);
  assert.deepEqual(requested, []);
});

test("two downloads of one file at once both succeed", async () => {
  await Promise.all([get(["/slow"]), get(["/slow"])]);
  assert.deepEqual(await readdir(folder), ["small.gz"]);
});

test("a folder that can't be written is named, and no address is asked", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  for (const target of [file, join(file, "below")]) {
    await assert.rejects(download(source, target, { addresses: [`${origin}/whole`] }), {
      name: "InputError",
      message: new RegExp(`^cannot write to ${target}/[^:]*: `),
    });
  }
  assert.deepEqual(requested, []);
});

test("a full disk is named, nothing is left, and no further address is asked", async (context) => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return context.skip("needs the right to mount a tmpfs");
  }
  try {
    assert.ok(whole.length > 65_536);
    await assert.rejects(get(["/whole", "/recompressed"]), {
      name: "InputError",
      message: `cannot write to ${join(folder, source.file)}: no space left on the device`,
    });
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(requested, ["/whole"]);
  } finally {
    execFileSync("umount", [folder]);
  }
});

test("a body that drips is given up, whatever time it would take", async () => {
  await assertRefused("/dripping", /too slow: \d+ bytes in 0\.6 s/);
});

test("a file that is larger than the right one can be is given up before it fills the disk", async () => {
  const small = {
    ...source,
    mostBytes: 100_000,
    addresses: [`${origin}/endless`, `${origin}/says-it-is-huge`],
  };
  await assert.rejects(download(small, folder, { stallTimeout: 5000 }), (error: Error) => {
    const reasons = error.message.match(/not the right file: it has more than 100000 bytes/g);
    assert.equal(reasons?.length, 2, error.message);
    return true;
  });
  assert.ok(sent < 20_000_000, String(sent));
  assert.deepEqual(await readdir(folder), []);
});

test("a time-out out of range is refused", async () => {
  await assert.rejects(
    get([], { connectTimeout: 0 }),
    /connectTimeout must be a number in \[1, 2147483647\], got 0/,
  );
  await assert.rejects(get([], { stallTimeout: Number.NaN }), /stallTimeout .*got NaN/);
});

test("every source of the catalogue stands under its id, with checksums and addresses of its file", () => {
  for (const [id, { id: own, file, sha256: outer, contentSha256, mostBytes, addresses }] of Object.entries(
    sources,
  )) {
    assert.equal(own, id);
    for (const hash of [outer, ...(contentSha256 ? [contentSha256] : [])])
      assert.match(hash, /^[0-9a-f]{64}$/);
    assert.equal(addresses[0], `https://kdd.ics.uci.edu/databases/kddcup99/${file}`);
    assert.ok(mostBytes && mostBytes > 0);
  }
});
