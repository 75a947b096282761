import assert from "node:assert/strict";
import { test } from "node:test";
import { column } from "traffic-anomaly";
import { kddService, serviceId } from "traffic-anomaly/dist/traffic/service";
import fc from "../fixtures/fast-check";
import { realTableTest } from "../fixtures/real-tables";

const to = (protocol: string, destinationPort: number, sourcePort = 40_000) => ({
  protocol,
  sourcePort,
  destinationPort,
});
const icmp = (type: number, code = 0) => to("icmp", code, type);

test("a well-known port has its name", () => {
  const names = { 21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 53: "domain", 80: "http", 443: "http_443" };
  for (const [port, name] of Object.entries(names)) assert.equal(kddService(to("tcp", Number(port))), name);
});

test("udp has names of its own", () => {
  assert.equal(kddService(to("udp", 53)), "domain_u");
  assert.equal(kddService(to("udp", 69)), "tftp_u");
  assert.equal(kddService(to("udp", 123)), "ntp_u");
  assert.equal(kddService(to("udp", 80)), "private");
});

test("a port without a name is private below 1024, other from there on", () => {
  for (const protocol of ["tcp", "udp"]) {
    assert.equal(kddService(to(protocol, 1_023)), "private");
    assert.equal(kddService(to(protocol, 1_024)), "other");
  }
});

test("what comes from port 20 of tcp is ftp's data, whatever its destination", () => {
  assert.equal(kddService(to("tcp", 1_030, 20)), "ftp_data");
  assert.equal(kddService(to("tcp", 80, 20)), "ftp_data");
  assert.equal(kddService(to("tcp", 20)), "ftp_data");
  assert.equal(kddService(to("udp", 53, 20)), "domain_u");
});

test("icmp goes by type and code", () => {
  assert.equal(kddService(icmp(8)), "eco_i");
  assert.equal(kddService(icmp(0)), "ecr_i");
  assert.equal(kddService(icmp(3, 0)), "urh_i");
  assert.equal(kddService(icmp(3, 1)), "urh_i");
  assert.equal(kddService(icmp(3, 3)), "urp_i");
  assert.equal(kddService(icmp(3, 13)), "oth_i");
  assert.equal(kddService(icmp(5, 1)), "red_i");
  assert.equal(kddService(icmp(11)), "tim_i");
  assert.equal(kddService(icmp(13)), "oth_i");
});

test("a protocol that KDD has not is other", () => {
  assert.equal(kddService(to("unknown_transport", 80)), "other");
});

test("tcp and udp ports are two services, and so are two ports of one name", () => {
  assert.notEqual(serviceId(to("tcp", 53)), serviceId(to("udp", 53)));
  assert.notEqual(serviceId(to("tcp", 3_000)), serviceId(to("tcp", 4_000)));
});

test("ftp's data are one service, whatever their port", () => {
  assert.equal(serviceId(to("tcp", 1_030, 20)), serviceId(to("tcp", 1_031, 20)));
});

test("one service has one name", () => {
  const port = fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.constantFrom(0, 3, 5, 8, 11, 20, 53, 1_024));
  const names = new Map<number, string>();
  fc.assert(
    fc.property(fc.constantFrom("tcp", "udp", "icmp", "gre"), port, port, (protocol, source, destination) => {
      const fields = to(protocol, destination, source);
      const [id, name] = [serviceId(fields), kddService(fields)];
      assert.ok(Number.isInteger(id) && id >= 0 && id < 2 ** 18);
      assert.equal(names.get(id) ?? name, name);
      names.set(id, name);
    }),
  );
});

realTableTest(
  "every service of KDD'99's files that is a port or an icmp type has one here",
  ["10-percent", "corrected"],
  (...tables) => {
    const names = tables.flatMap((table) => {
      const services = column(table, "service");
      return services.kind === "nominal" ? services.categories : [];
    });
    const ports = Array.from({ length: 65_536 }, (_, port) => port);
    const all = ports.flatMap((port) => [to("tcp", port), to("udp", port), icmp(port % 256, port >> 8)]);
    const here = new Set([to("tcp", 1_030, 20), ...all].map(kddService));
    const unknown = [...new Set(names)].filter((name) => !here.has(name));
    assert.deepEqual(unknown.sort(), ["icmp", "pm_dump"]);
  },
);
