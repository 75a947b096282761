import assert from "node:assert/strict";
import { test } from "node:test";
import { ownService, ownServices } from "traffic-anomaly/dist/traffic/own-service";
import fc from "../fixtures/fast-check";

const to = (protocol: string, destinationPort: number, application?: string) =>
  ownService({ protocol, sourceHost: "10.0.0.1", sourcePort: 40_000, destinationPort, application });
const icmp = (type: number, sourceHost = "10.0.0.1") =>
  ownService({ protocol: "icmp", sourceHost, sourcePort: type, destinationPort: 0 });

test("ports have the names of today", () => {
  const names: Readonly<Record<string, string>> = {
    ...{ "tcp 22": "ssh", "tcp 25": "smtp", "tcp 80": "http", "tcp 443": "https", "udp 443": "quic" },
    ...{ "udp 53": "dns", "tcp 53": "dns", "tcp 853": "dot", "udp 5353": "mdns", "tcp 587": "submission" },
    ...{ "tcp 993": "imaps", "tcp 636": "ldaps", "tcp 445": "smb", "tcp 3389": "rdp", "tcp 5985": "winrm" },
    ...{ "tcp 8080": "http-alt", "udp 67": "dhcp", "udp 500": "ike", "udp 51820": "wireguard" },
  };
  for (const [port, name] of Object.entries(names)) {
    const [protocol, number] = port.split(" ");
    assert.equal(to(protocol, Number(number)), name, port);
  }
});

test("a port without a name is of one of IANA's ranges, a protocol without ports other", () => {
  assert.deepEqual(
    [0, 1_023, 1_024, 49_151, 49_152, 65_535].map((port) => to("tcp", port)),
    ["system-port", "system-port", "user-port", "user-port", "dynamic-port", "dynamic-port"],
  );
  assert.equal(to("gre", 443), "other");
});

test("what an analyser recognised counts where it says something else than the port", () => {
  assert.equal(to("tcp", 443, "ssl"), "https");
  assert.equal(to("tcp", 993, "ssl"), "imaps");
  assert.equal(to("udp", 443, "quic,ssl"), "quic");
  assert.equal(to("tcp", 445, "gssapi,smb,krb"), "smb");
  assert.equal(to("tcp", 443, "ssh"), "ssh");
  assert.equal(to("tcp", 443, "http"), "http");
  assert.equal(to("tcp", 8_080, "http"), "http-alt");
  assert.equal(to("tcp", 3_000, "http"), "http");
  assert.equal(to("tcp", 9_001, "ssl"), "tls");
  assert.equal(to("tcp", 9_001, "ssl,http"), "http");
  assert.equal(to("tcp", 50_000, "dce_rpc,ntlm"), "msrpc");
  assert.equal(to("udp", 443, "nothing-known"), "quic");
});

test("what comes from port 20 of tcp is ftp's data, unless its port has a name", () => {
  const from20 = (destinationPort: number) =>
    ownService({ protocol: "tcp", sourceHost: "::1", sourcePort: 20, destinationPort });
  assert.equal(from20(40_000), "ftp-data");
  assert.equal(from20(443), "https");
});

test("icmp goes by its type, in both versions of the protocol", () => {
  assert.deepEqual(
    [8, 0, 3, 5, 11, 13].map((type) => icmp(type)),
    [
      ...[
        "icmp-echo",
        "icmp-echo-reply",
        "icmp-unreachable",
        "icmp-redirect",
        "icmp-time-exceeded",
        "icmp-other",
      ],
    ],
  );
  assert.deepEqual(
    [128, 129, 1, 3, 135, 143].map((type) => icmp(type, "fe80::1")),
    [
      ...[
        "icmp-echo",
        "icmp-echo-reply",
        "icmp-unreachable",
        "icmp-time-exceeded",
        "icmp-neighbour",
        "icmp-other",
      ],
    ],
  );
});

test("every name is in the dictionary, which is sorted and without repetition", () => {
  assert.deepEqual(ownServices, [...new Set(ownServices)].sort());
  const application = fc.option(
    fc.constantFrom("ssl", "http", "dns", "ftp-data", "krb_tcp", "x,smb", "", ","),
    {
      nil: undefined,
    },
  );
  fc.assert(
    fc.property(
      fc.constantFrom("tcp", "udp", "icmp", "gre"),
      fc.nat(65_535),
      application,
      (protocol, port, word) => {
        assert.ok(ownServices.includes(to(protocol, port, word)));
        assert.ok(ownServices.includes(icmp(port % 256, "::1")));
      },
    ),
  );
});
