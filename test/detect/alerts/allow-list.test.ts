import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { InputError } from "traffic-anomaly";
import { parseAllowList, readAllowList } from "traffic-anomaly/dist/detect/alerts/allow-list";
import { temporaryFolder } from "../../fixtures/folder";
import { connectionOf } from "../../traffic/connections";

const allows = (text: string, values: Parameters<typeof connectionOf>[0]) =>
  parseAllowList(text).allows(connectionOf(values));

test("a host or network allows what it begins and what is begun to it", () => {
  for (const list of ["10.1.2.3", "10.1.2.0/24", "10.0.0.0/8", "0.0.0.0/0"]) {
    assert.ok(allows(list, { sourceHost: "10.1.2.3", destinationHost: "192.168.0.1" }), list);
    assert.ok(allows(list, { sourceHost: "192.168.0.1", destinationHost: "10.1.2.3" }), list);
  }
  assert.ok(!allows("10.1.2.0/24", { sourceHost: "10.1.3.1", destinationHost: "10.1.4.1" }));
  assert.ok(allows("fe80::/10", { sourceHost: "fe80::1", destinationHost: "ff02::2" }));
  assert.ok(!allows("fe80::/10", { sourceHost: "10.0.0.1", destinationHost: "a name" }));
});

test("with 'from' a host or network allows only what it begins, with 'to' only what is begun to it", () => {
  const outward = { sourceHost: "10.1.2.3", destinationHost: "192.168.0.1" };
  const inward = { sourceHost: "192.168.0.1", destinationHost: "10.1.2.3" };
  assert.deepEqual([allows("from 10.1.2.3", outward), allows("from 10.1.2.3", inward)], [true, false]);
  assert.deepEqual([allows("to 10.0.0.0/8", outward), allows("to 10.0.0.0/8", inward)], [false, true]);
  assert.ok(!allows("from 10.1.2.3 to 10.0.0.0/8", outward), "both must hold");
});

test("ports are the destination's, of any protocol or of one; icmp has none", () => {
  assert.ok(allows("port 53", { protocol: "udp", destinationPort: 53 }));
  assert.ok(!allows("port 53", { sourcePort: 53, destinationPort: 80 }));
  assert.ok(allows("tcp/443", { destinationPort: 443 }));
  assert.ok(!allows("tcp/443", { protocol: "udp", destinationPort: 443 }));
  assert.ok(!allows("port 0", { protocol: "icmp", destinationPort: 0 }));
});

test("a service is what the features or the log call it", () => {
  assert.ok(allows("service http", { destinationPort: 80 }));
  assert.ok(allows("service krb", { application: "gssapi,smb,krb" }));
  assert.ok(!allows("service ssl", { destinationPort: 80 }));
});

test("terms of one line must all hold, one of the lines is enough, # begins a comment", () => {
  const list = "# the scanner\r\n10.0.0.9 tcp/22 # at night\n\n  port 123\n";
  assert.ok(allows(list, { sourceHost: "10.0.0.9", destinationPort: 22 }));
  assert.ok(!allows(list, { sourceHost: "10.0.0.9", destinationPort: 23 }));
  assert.ok(!allows(list, { destinationPort: 22 }));
  assert.ok(allows(list, { destinationPort: 123 }));
  assert.ok(!allows("# nothing", {}));
});

test("a bad line is refused with file, line and reason", async () => {
  const file = join(temporaryFolder("allow-list"), "allow.txt");
  const cases: [string, RegExp][] = [
    [
      "10.0.0.256",
      /expected a host, a network, 'port N', 'tcp\/N', 'udp\/N' or 'service NAME', got '10\.0\.0\.256'$/,
    ],
    ["example.org", /expected a host/],
    ["10.0.0.0/33", /the length of a network must be an integer in \[0, 32\], got '10\.0\.0\.0\/33'$/],
    ["10.0.0.0/8/8", /expected a host/],
    ["fe80::/129", /in \[0, 128\]/],
    ["from", /expected a host, a network, .*, got ''$/],
    ["port", /a port must be an integer in \[0, 65535\], got ''$/],
    ["port 65536", /got '65536'$/],
    ["tcp/http", /got 'http'$/],
    ["service", /'service' must be followed by its name$/],
  ];
  for (const [line, reason] of cases) {
    await writeFile(file, `# list\n10.0.0.1\n${line}\n`);
    await assert.rejects(readAllowList(file), (error: Error) => {
      assert.ok(error instanceof InputError);
      assert.ok(error.message.startsWith(`${file}, line 3: `), error.message);
      assert.match(error.message, reason);
      return true;
    });
  }
  await assert.rejects(readAllowList(join(file, "none")), InputError);
});
