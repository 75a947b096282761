// A process that runs commands one after the other, each as if it were new but for the library, which is loaded once.
const { join, sep } = require("node:path");

const [, , program] = process.argv;
const main = join(program, "..", "dist", "cli", "main.js");
const end = process.exit.bind(process);
const environment = { ...process.env };
const events = ["SIGINT", "SIGTERM", "SIGHUP", "beforeExit"];

async function run({ parameters, cwd }) {
  const outcome = { code: null, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"])
    process[stream].write = (text, done) => {
      outcome[stream] += text;
      if (done) setImmediate(done);
      return true;
    };
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(cwd);
  process.argv = [process.execPath, program, ...parameters];
  process.exitCode = undefined;
  for (const path of Object.keys(require.cache))
    if (path.includes(`${sep}dist${sep}cli${sep}`)) delete require.cache[path];
  outcome.code = await new Promise((resolve) => {
    process.exit = resolve;
    require(main);
  });
  for (const event of events) process.removeAllListeners(event);
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners("error");
  return outcome;
}

process.on("message", async (command) => process.send(await run(command)));
process.on("disconnect", () => end());
process.send("ready");
