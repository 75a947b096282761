// Headers as the sets were published.
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { knownTable } from "traffic-anomaly/dist/data/columns/known-tables";

const netFlow = "PROTOCOL,L7_PROTO,IN_BYTES,IN_PKTS,OUT_BYTES,OUT_PKTS,TCP_FLAGS,FLOW_DURATION_MILLISECONDS";
const endpoints = "IPV4_SRC_ADDR,L4_SRC_PORT,IPV4_DST_ADDR,L4_DST_PORT";
const addresses = ["IPV4_SRC_ADDR", "IPV4_DST_ADDR", "L4_SRC_PORT", "L4_DST_PORT"];
const times = ["FLOW_START_MILLISECONDS", "FLOW_END_MILLISECONDS"];

const published: Record<string, { header: string; name: RegExp; label: string; exclude: readonly string[] }> =
  {
    "the first NF sets": {
      header: `${endpoints},${netFlow},Label,Attack`,
      name: /NetFlow/,
      label: "Label",
      exclude: addresses,
    },
    "NF-UQ-NIDS, which joins them": {
      header: `${endpoints},${netFlow},Label,Attack,Dataset`,
      name: /NetFlow/,
      label: "Label",
      exclude: [...addresses, "Dataset"],
    },
    "the third NF sets": {
      header: `${times},${endpoints},${netFlow},Label,Attack`,
      name: /NetFlow/,
      label: "Label",
      exclude: [...addresses, ...times],
    },
    "CIC-IDS2017 for machine learning": {
      header:
        " Destination Port, Flow Duration, Total Fwd Packets, Total Backward Packets,Flow Bytes/s, Label",
      name: /CIC-IDS2017/,
      label: "Label",
      exclude: [],
    },
    "CIC-IDS2017 with addresses": {
      header:
        "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration, Total Fwd Packets,Flow Bytes/s, Label",
      name: /CIC-IDS2017/,
      label: "Label",
      exclude: ["Flow ID", "Source IP", "Source Port", "Destination IP", "Timestamp"],
    },
    "CSE-CIC-IDS2018": {
      header:
        "Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,Tot Bwd Pkts,Flow Byts/s,Flow Pkts/s,Label",
      name: /CSE-CIC-IDS2018/,
      label: "Label",
      exclude: ["Timestamp"],
    },
    "CSE-CIC-IDS2018 on its Tuesday, with addresses": {
      header:
        "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,Flow Byts/s,Label",
      name: /CSE-CIC-IDS2018/,
      label: "Label",
      exclude: ["Flow ID", "Src IP", "Src Port", "Dst IP", "Timestamp"],
    },
    "Kaggle's credit cards": {
      header: ["Time", ...Array.from({ length: 28 }, (_, i) => `V${i + 1}`), "Amount", "Class"].join(","),
      name: /credit card/,
      label: "Class",
      exclude: ["Time"],
    },
  };

test("a copy without its label is known, too; then the kinds of attacks are the label, if it has them", () => {
  const nf = `${endpoints},${netFlow}`;
  const [labelled, kinds, neither] = [`${nf},Label`, `${nf},Attack`, nf].map((header) =>
    knownTable(header.split(",")),
  );
  assert.deepEqual([labelled?.label, labelled?.normal, labelled?.group], ["Label", ["0"], undefined]);
  assert.deepEqual([kinds?.label, kinds?.normal, kinds?.group], ["Attack", undefined, undefined]);
  assert.deepEqual([neither?.label, neither?.normal, neither?.group], [undefined, undefined, undefined]);
  for (const found of [labelled, kinds, neither]) assert.deepEqual(found?.exclude.length, 4);
});

suite("a public set is known by its columns as they were published", () => {
  for (const [title, { header, name, label, exclude }] of Object.entries(published))
    test(title, () => {
      const found = knownTable(header.split(","));
      assert.match(found?.name ?? "", name);
      assert.equal(found?.label, label);
      assert.deepEqual([...(found?.exclude ?? [])].sort(), [...exclude].sort());
    });
});
