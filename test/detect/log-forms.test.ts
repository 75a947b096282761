// Logs of every format, from the file to alerts: what is learned from one format judges logs of it, and no others.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Connection,
  followTraffic,
  loadTrafficModel,
  scoreTraffic,
  trainOnTraffic,
} from "traffic-anomaly";
import { temporaryFolder } from "../fixtures/folder";
import { ecsLog, eveLog, nfdumpLog, tsvLog, vpcLog } from "../traffic/logs/logs";
import { dayOf, small, sweep } from "./network";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("log-forms");
const usual = dayOf(1200);
const scan = sweep(400, usual[usual.length - 1].start + 1);

const formats: Readonly<Record<string, (connections: readonly Connection[]) => string>> = {
  zeek: tsvLog,
  "zeek-ecs": ecsLog,
  suricata: eveLog,
  nfdump: (connections) => nfdumpLog(connections, { isOld: true }),
  "nfdump-without-flags": nfdumpLog,
  vpc: vpcLog,
};

async function trained(form: string): Promise<string> {
  const model = join(folder, "models", form);
  const log = join(folder, `${form}.log`);
  await writeFile(log, formats[form](usual));
  await trainOnTraffic([log], { out: model, outputsFolder: join(folder, "outputs"), ...small });
  return model;
}

for (const form of Object.keys(formats)) {
  test(`a model that was trained on ${form} logs finds a sweep in them, and refuses others`, async () => {
    const model = await trained(form);
    const { logForm } = await loadTrafficModel(model);
    assert.equal(logForm, form);
    const log = join(folder, `${form}-scan.log`);
    await writeFile(log, formats[form](scan));
    const out = join(folder, `${form}.jsonl`);
    const { connections, alerts } = await scoreTraffic([log], model, { out });
    assert.equal(connections, scan.length);
    assert.ok(alerts > 100, `${alerts} alerts`);
    assert.match(readFileSync(out, "utf8"), /10\.66\.6\.6 → 172\.30\.1\.100, tcp port 23: /);
    for (const other of Object.keys(formats).filter((name) => name !== form)) {
      const path = join(folder, "other.log");
      await writeFile(path, formats[other](scan));
      await assert.rejects(scoreTraffic([path], model, { out }), {
        name: "InputError",
        message: new RegExp(
          `^${path} is .*, but ${form} was trained on .*, which records other things of a connection: train a model on such logs$`,
        ),
      });
    }
  });
}

test("Suricata's log is followed, with the events that are no flows passed over", async () => {
  const log = join(folder, "eve.json");
  const dns = '{"timestamp":"2026-01-05T08:00:00.000000+0000","event_type":"dns"}\n';
  await writeFile(log, `${dns}${eveLog(scan)}${dns}`);
  const stop = AbortSignal.timeout(1_500);
  const { connections } = await followTraffic(log, join(folder, "models", "suricata"), {
    ...{ out: join(folder, "followed.jsonl"), lateness: 0, stop },
  });
  assert.equal(connections, scan.length);
});
