// What a notebook does with the library, for declarations.test.ts: only its types are looked at.
import {
  allRows,
  anomalousRows,
  autoencoder as autoencoderKind,
  averagePrecision,
  chooseThreshold,
  createRandom,
  distinctRows,
  evaluate,
  fitAutoencoder,
  fitIsolationForest,
  fitPreprocessor,
  fitPrincipalComponents,
  kddFeatures,
  labels,
  lazyTransform,
  loadModel,
  noveltyProtocol,
  numbers,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
  rowsWhere,
  run,
  saveModel,
  scoreFile,
  scoreSteps,
  scoreTable,
  splitRows,
  spread,
  tensorflow,
  transform,
  unseenCategories,
} from "traffic-anomaly";
import { literatureSubset } from "traffic-anomaly/dist/data/kdd/literature";
import { locateTrainingFile } from "traffic-anomaly/dist/data/kdd/locate";
import { TableReader } from "traffic-anomaly/dist/data/table-reader";
import { verdicts } from "traffic-anomaly/dist/models/threshold";
import { rocFigure } from "traffic-anomaly/dist/visualize/evaluation/roc";
import { readKddFile } from "../fixtures/kdd-file";

/** Does not compile for a value of type `any`, which lacks an argument then. */
function typed<T>(value: T, ..._any: 0 extends 1 & T ? [never] : []): T {
  return value;
}

export async function study(): Promise<void> {
  // @ts-expect-error: what is any is noticed
  typed(JSON.parse("0"));

  const file = typed(await locateTrainingFile());
  const { source, table } = typed(await readKddFile(file));
  typed(source.sha256);
  for await (const block of new TableReader(file).blocks()) typed(typed(block).rows);
  typed(typed(table.features)[0].name);
  typed(typed(kddFeatures)[0].measure);
  typed(numbers(table, "count")[0]);
  typed(labels(table).categories);

  const [fitRows, heldOut] = typed(
    splitRows(
      rowsWhere(table, (label) => label === "normal"),
      0.8,
      1,
    ),
  );
  typed(heldOut[0]);
  typed(allRows(table)[0]);
  typed(distinctRows(table)[0]);
  typed(literatureSubset(table, "http").rows);
  typed(createRandom(1, "notebook").uniform());

  const preprocessor = typed(fitPreprocessor(table, autoencoderKind.preprocessing, fitRows));
  typed(preprocessor.columns);
  typed(unseenCategories(preprocessor, table)[0].category);
  const matrix = typed(transform(preprocessor, table));
  typed(matrix.data[0]);
  typed(lazyTransform(preprocessor, table).select(fitRows).data);

  const forest = typed(await fitIsolationForest(matrix, { trees: 50 }));
  typed(forest.settings.trees);
  typed(forest.nodes.split[0]);
  typed(forest.explain(matrix.data)[0]);
  const scores = typed(await forest.score(matrix));
  typed(scores[0]);

  const autoencoder = typed(await fitAutoencoder(matrix, { epochs: 2 }));
  typed(autoencoder.history[0].loss);
  typed(autoencoder.weights[0][0]);
  typed(autoencoder.backend);
  typed((await autoencoder.score(matrix))[0]);
  typed((await autoencoder.encode(matrix)).data);
  const { tf, backend } = typed(await tensorflow());
  typed(backend);
  typed(tf.memory().numTensors);
  const components = typed(await fitPrincipalComponents(matrix, { components: 8 }));
  typed((await components.score(matrix))[0]);

  const threshold = typed(chooseThreshold(scores, 0.05));
  typed(verdicts(scores, threshold)[0]);
  const steps = typed(scoreSteps(scores, anomalousRows(labels(table))));
  typed(precisionRecallCurve(steps).x[0]);
  typed(averagePrecision(steps));
  const curve = typed(rocCurve(steps));
  const figure = typed(
    rocFigure([{ name: "isolation-forest", curve, rocAuc: rocAuc(steps), threshold: threshold.value }], {
      protocol: "notebook",
    }),
  );
  typed(figure.data[0].type);
  typed(figure.layout.title);
  const metrics = typed(evaluate({ scores, labels: labels(table), threshold: threshold.value }));
  typed(metrics.confusion?.truePositive);
  typed(metrics.recallByAttack?.smurf);
  typed(spread([metrics]));
  const novelty = typed(await noveltyProtocol(table, undefined));
  typed(novelty.metrics.holdout.autoencoder.rocAuc);
  typed(novelty.models.autoencoder.detector.weights);

  const training = { dataset: source, seed: 1, metrics: {} };
  typed(await saveModel("models/mine", { detector: forest, preprocessor, threshold, training }));
  const model = typed(await loadModel("models/mine"));
  typed((await scoreTable(model, table))[0]);
  typed((await scoreFile("FILE", "models/mine", { out: "scores.csv" })).anomalies);
  typed((await run()).metrics.protocols.mixed);
}
