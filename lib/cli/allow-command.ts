import type { Command } from "commander";
import { addCommand, answering } from "./command";
import { numberOption } from "./options";

/** The command `allow`. */
export function addAllowCommand(program: Command): void {
  addCommand(program, "allow")
    .description("Make lines of an allow list from alerts that turned out to be harmless.")
    .argument("<id...>", "event.id of alerts, or traffic_anomaly.incident: all alerts of the incident")
    .requiredOption("--alerts <file>", "the alerts, lines of JSON as score writes them")
    .option("--out <file>", "the allow list to add to (default: the lines are printed)")
    .addOption(
      numberOption(
        "--days <n>",
        "how long the lines hold, from the last of these alerts on",
        { min: 1, max: 3650, integer: true },
        90,
      ),
    )
    .action(
      answering<string[]>(async ({ alerts, out, days }, { onNotice }, ids) => {
        const { allowAlerts } = await import("../detect/alerts/allow-alerts.js");
        const result = await allowAlerts(ids, { alerts, out, days, onNotice });
        const count = result.lines.length;
        const text =
          out === undefined
            ? result.lines.join("\n")
            : `${count} ${count === 1 ? "line" : "lines"} added for ${result.alerts} alerts\nWritten: ${out}`;
        return { text, value: result };
      }),
    );
}
