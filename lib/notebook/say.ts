import { display } from "./display";

/**
 * Shows a text in a notebook as markdown. A sentence that depends on a number is best said by the cell that has the number: it
 * is then true of any data. Outside of a notebook the text is printed.
 *
 * @example
 * const [found, attacks, area] = [12, 40, 0.2];
 * say(`The forest finds **${found} of ${attacks}** attacks, ${area < 0.5 ? "worse" : "better"} than a coin.`);
 */
export function say(markdown: string): void {
  display({ "text/markdown": markdown, "text/plain": markdown });
}
