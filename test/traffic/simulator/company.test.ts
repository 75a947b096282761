import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addresses,
  answers,
  company,
  outsider,
  partners,
  servers,
  sites,
  timeServers,
} from "traffic-anomaly/dist/traffic/simulator/company";

test("hosts have addresses of their own: private ones inside, ones reserved for tests outside", () => {
  const inside = [
    company.gateway,
    company.retiredServer,
    ...servers,
    ...company.printers,
    ...company.workstations,
  ];
  const outside = [...sites, ...partners, ...timeServers, outsider(0x1ffff)];
  for (const host of inside) assert.match(host, /^10\.20\.\d+\.\d+$/);
  for (const host of outside) assert.match(host, /^198\.1[89]\.\d+\.\d+$/);
  assert.equal(new Set([...inside, ...outside]).size, inside.length + outside.length);
});

test("of the addresses that a sweep tries, some answer and more do not", () => {
  const used = addresses.filter(answers).length;
  assert.equal(used, servers.length + company.printers.length + company.workstations.length);
  assert.ok(used < addresses.length / 2);
});
