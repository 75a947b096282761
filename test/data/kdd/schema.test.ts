import assert from "node:assert/strict";
import { test } from "node:test";
import { column, kddFeatures, labels, numbers } from "traffic-anomaly";
import { realTableTest } from "../../fixtures/real-tables";

test("41 features in the order of the files, flag before src_bytes", () => {
  assert.equal(kddFeatures.length, 41);
  assert.equal(new Set(kddFeatures.map(({ name }) => name)).size, 41);
  const numberOf = (name: string) => kddFeatures.findIndex((feature) => feature.name === name) + 1;
  const numbered = { duration: 1, protocol_type: 2, service: 3, flag: 4, src_bytes: 5, dst_bytes: 6 };
  const more = { land: 7, hot: 10, num_outbound_cmds: 20, is_guest_login: 22, count: 23, srv_count: 24 };
  const last = { srv_diff_host_rate: 31, dst_host_count: 32, dst_host_srv_rerror_rate: 41 };
  for (const [name, number] of Object.entries({ ...numbered, ...more, ...last })) {
    assert.equal(numberOf(name), number, name);
  }
});

test("three features are nominal, three are amounts, and rates are called so", () => {
  const named = (measure: string) =>
    kddFeatures.filter((feature) => feature.measure === measure).map(({ name }) => name);
  assert.deepEqual(named("nominal"), ["protocol_type", "service", "flag"]);
  assert.deepEqual(named("amount"), ["duration", "src_bytes", "dst_bytes"]);
  assert.deepEqual(named("flag"), ["land", "logged_in", "root_shell", "is_host_login", "is_guest_login"]);
  assert.deepEqual(
    named("rate"),
    kddFeatures.map(({ name }) => name).filter((name) => name.endsWith("_rate")),
  );
});

const greatest = (values: Iterable<number>) => {
  let found = -Infinity;
  for (const value of values) found = Math.max(found, value);
  return found;
};

realTableTest("the real files hold what the schema says", ["10-percent", "corrected"], (train, later) => {
  assert.deepEqual([train.rows, later.rows], [494_021, 311_029]);
  for (const table of [train, later]) {
    assert.deepEqual(
      table.features.map(({ name }) => name),
      kddFeatures.map(({ name }) => name),
    );
    for (const { name, measure } of kddFeatures) {
      if (measure === "nominal") continue;
      const values = numbers(table, name);
      assert.ok(
        values.every((value) => value >= 0 && Number.isFinite(value)),
        name,
      );
      if (measure === "flag")
        assert.ok(
          values.every((value) => value <= 1),
          name,
        );
      if (measure === "rate")
        assert.ok(
          values.every((value) => value <= 1),
          name,
        );
      else assert.ok(values.every(Number.isInteger), name);
    }
  }
  const categories = (table: typeof train, name: string) => {
    const found = column(table, name);
    return found.kind === "nominal" ? found.categories : [];
  };
  assert.deepEqual(categories(train, "service").length, 66);
  assert.deepEqual(categories(later, "service").length, 65);
  assert.deepEqual(categories(train, "flag"), kddFeatures[3].values);
  assert.equal(greatest(numbers(train, "src_bytes")), 693_375_640, "not rounded");
  assert.ok(numbers(train, "num_outbound_cmds").every((value) => value === 0));
  assert.equal(numbers(later, "is_host_login").filter((value) => value === 1).length, 12);
  assert.equal(greatest(numbers(train, "su_attempted")), 2, "though documented as 0 or 1");
  assert.ok(labels(train).categories.every((label) => !label.endsWith(".")));
});
