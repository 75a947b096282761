import { InputError } from "../common/errors";
import { mendResults } from "../common/unfinished";
import { recogniseLayout } from "../data/kdd/layout";
import { findConnectionLogs } from "../traffic/zeek/read-logs";
import { loadTrafficModel, type ModelSubject, modelSubject } from "./traffic-model";

/**
 * What the model in a folder judges, if that is what the paths hold.
 *
 * @throws {InputError} if a model of KDD'99 records is to score logs of connections, or the other way round
 */
export async function matchingSubject(
  paths: readonly string[],
  folder: string,
  onNotice?: (sentence: string) => void,
): Promise<ModelSubject> {
  await mendResults(folder, onNotice);
  const subject = await modelSubject(folder);
  if (subject === "kdd") {
    const isLog = paths.length > 1 || (await succeeds(findLogFiles(paths)));
    if (isLog) await loadTrafficModel(folder); // refuses it, with the reason
    return subject;
  }
  for (const path of paths) {
    if (path !== "-" && (await succeeds(recogniseLayout(path))))
      throw new InputError(
        `${path} holds KDD'99 records, but ${folder} was trained on connections; score it with a model of traffic-anomaly run`,
      );
  }
  return subject;
}

/** A pipe may hold either: it is not read to find out. */
async function findLogFiles(paths: readonly string[]): Promise<void> {
  const [log] = await findConnectionLogs(paths);
  if (log.bytes === undefined) throw new InputError(`${log.path} is a pipe`);
}

async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}
