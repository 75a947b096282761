import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { someOf } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { killCommand, prepareInputs, writers } from "./kills";

const root = temporaryFolder("command-kills");
const inputs = join(root, "inputs");
before(() => prepareInputs(inputs));

// All changes of all commands take some minutes: npm run torture.
for (const [i, name] of someOf(Object.keys(writers), 3).entries())
  test(`${name}, killed among its changes to the disk, leaves all old results or all new ones`, async () => {
    // The last changes clean up, those before them move the results.
    const choose = (changes: number) => [Math.ceil((i % 2 === 0 ? 0.8 : 0.5) * changes)];
    assert.equal(await killCommand(name, inputs, join(root, "work"), choose), 1);
  });
