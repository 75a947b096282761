import { type Exercise, number, parts, word } from "../exercise";

// The logs are simulated, the same on every machine.
export const ownTrafficExercises: { readonly [number: string]: Exercise } = {
  "7-1": {
    answer: parts({
      connections: number({
        truth: 14_683,
        mistakes: {
          12869: "That is one feature's number: count each connection that differs in *any* feature.",
        },
      }),
      feature: word({
        truth: "srv_count",
        mistakes: { count: "Nearly: another feature differs in a few more connections." },
      }),
    }),
    hints: [
      "`connectionTable(connections, new TrafficWindows())` makes features of connections in the order in which they come.",
      "The rows are in another order: compare by `uid`.",
      "A connection counts if any numeric feature differs.",
    ],
  },
  "7-2": {
    answer: parts({
      attacks: number({
        truth: 53,
        mistakes: { 28: "Those are types: the same type from two hosts are two attacks." },
      }),
      found: number({
        truth: 23,
        mistakes: { 15: "Those are types with an alert: count attacks, by label and source host." },
      }),
    }),
    hints: [
      "An attack is a label with a source host; where a label has more than fifty sources they are false, so take the destination.",
      "`event.id` of an alert is the `uid` of its connection.",
      "A `Map` from attack to *found or not* holds both numbers.",
    ],
  },
  "7-3": {
    answer: parts({
      recall: number({
        truth: 1,
        share: true,
        tolerance: 0.001,
        mistakes: { 0.0481: "That is the recall of all attacks; look at exfiltration alone." },
      }),
      falseAlarmRate: number({
        truth: 0.0088,
        share: true,
        tolerance: 0.0002,
        mistakes: { 0.01: "That is what was promised. What was paid on the judged log?" },
      }),
    }),
    hints: [
      "Take `src_bytes` itself as the score.",
      "The threshold comes from the last 20 % of the log learned from: `chooseThreshold(bytes, 0.01)`.",
      "`verdictMetrics(…).recallByAttack.exfiltration`",
    ],
  },
  "7-4": {
    answer: parts({
      forest: number({
        truth: 0.43,
        tolerance: 0.0004,
        share: true,
        mistakes: {
          0.4292: "That is at the model's own threshold: compare at the *same* false-alarm rate.",
          0.2601: "That is the model that learned from hidden attacks.",
        },
      }),
      autoencoder: number({
        truth: 0.3977,
        tolerance: 0.002,
        share: true,
        mistakes: {
          0.1044: "That is the model that learned from hidden attacks, at its own threshold.",
          0.1964: "That is the model that learned from hidden attacks.",
        },
      }),
    }),
    hints: [
      "`trainOnTraffic` learns from connections labelled as usual, where a log has labels: train on `learn-labelled.log`.",
      "For a comparison at 1 %: `chooseThreshold` on the scores of the judged log's usual connections.",
      "`verdictMetrics(scores, truth, threshold).recall` for each detector of `loadTrafficModel`.",
    ],
  },
  "7-5": {
    answer: parts({
      silenced: number({
        truth: 136,
        tolerance: 2,
        mistakes: { 165: "That is as many as the wide list silences, alerts of scans among them." },
      }),
      attacks: number({
        truth: 0,
        mistakes: { 25: "Those are the scans' alerts: they must stay." },
      }),
    }),
    hints: [
      "What exactly do the false alerts ask for? Count them by source, destination and port.",
      "`from ADDRESS` and `to ADDRESS` name a direction, `tcp/8080` a port; all terms of a line must hold.",
      "The scans are alerts *to* the monitoring host; the false ones are those *from* it.",
    ],
  },
};
