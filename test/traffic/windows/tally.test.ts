import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FlagError } from "traffic-anomaly/dist/traffic/flag";
import { codeOf } from "traffic-anomaly/dist/traffic/windows/code";
import { Tally } from "traffic-anomaly/dist/traffic/windows/tally";

test("a tally tells of each partner what the connections in it have, whatever came and went", () => {
  const connection = fc.record({
    partner: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(2 ** 30 - 1)),
    error: fc.constantFrom(FlagError.none, FlagError.syn, FlagError.rejection),
  });
  fc.assert(
    fc.property(fc.array(fc.option(connection, { nil: undefined }), { maxLength: 60 }), (steps) => {
      const tally = new Tally();
      const inside: { readonly partner: number; readonly error: FlagError }[] = [];
      for (const step of steps) {
        if (step) {
          inside.push(step);
          tally.add(codeOf(step.partner, step.error));
        } else if (inside.length > 0) {
          const { partner, error } = inside.shift()!;
          tally.remove(codeOf(partner, error));
        }
        const countsOf = (own: typeof inside) => ({
          connections: own.length,
          synErrors: own.filter(({ error }) => error === FlagError.syn).length,
          rejections: own.filter(({ error }) => error === FlagError.rejection).length,
        });
        const { synErrors, rejections } = countsOf(inside);
        assert.deepEqual([tally.synErrors, tally.rejections], [synErrors, rejections]);
        const partners = new Set(inside.map(({ partner }) => partner));
        assert.equal(tally.partners, partners.size);
        for (const partner of [...partners, 13])
          assert.deepEqual(tally.of(partner), countsOf(inside.filter((own) => own.partner === partner)));
      }
    }),
  );
});

test("a partner can have a thousand connections that all failed", () => {
  const tally = new Tally();
  for (let i = 0; i < 1_000; i++) tally.add(codeOf(7, FlagError.rejection));
  assert.deepEqual(tally.of(7), { connections: 1_000, synErrors: 0, rejections: 1_000 });
});
