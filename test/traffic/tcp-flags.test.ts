import assert from "node:assert/strict";
import { test } from "node:test";
import { stateOfFlags } from "traffic-anomaly/dist/traffic/tcp-flags";

const bits: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, A: 16 };
const flags = (letters: string) => [...letters].reduce((all, letter) => all | bits[letter], 0);

test("both sides' flags tell how a connection ended, in Zeek's names", () => {
  const states: readonly (readonly [source: string, destination: string, state: string])[] = [
    ["S", "", "S0"],
    ["SA", "SA", "S1"],
    ["SAF", "SA", "S2"],
    ["SA", "SAF", "S3"],
    ["SAF", "SAF", "SF"],
    ["S", "RA", "REJ"],
    ["SR", "", "RSTOS0"],
    ["SAR", "SA", "RSTO"],
    ["SA", "SAR", "RSTR"],
    ["SAFR", "SAFR", "RSTR"],
    ["A", "SAR", "RSTRH"],
    ["SF", "", "SH"],
    ["A", "SAF", "SHR"],
    ["A", "A", "OTH"],
    ["AR", "A", "OTH"],
    ["A", "AR", "OTH"],
    ["", "", "OTH"],
  ];
  for (const [source, destination, state] of states)
    assert.equal(stateOfFlags(flags(source), flags(destination)), state, `${source} ${destination}`);
});
