import { palette } from "./palette";

/** From usual (white) to anomalous (vermilion), for scores and path lengths drawn as an area. */
export const scoreColours: [number, string][] = [
  [0, "#ffffff"],
  [0.5, mix("#ffffff", palette[1], 0.4)],
  [1, palette[1]],
];

/** The colour at a place in [0, 1] of {@link scoreColours}. */
export function scoreColour(place: number): string {
  const clipped = Math.min(1, Math.max(0, place));
  return clipped < 0.5
    ? mix(scoreColours[0][1], scoreColours[1][1], clipped / 0.5)
    : mix(scoreColours[1][1], scoreColours[2][1], (clipped - 0.5) / 0.5);
}

/** A colour between two others, each `#rrggbb`. */
function mix(from: string, to: string, share: number): string {
  const channel = (colour: string, i: number) => Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16);
  const mixed = [0, 1, 2].map((i) =>
    Math.round(channel(from, i) * (1 - share) + channel(to, i) * share)
      .toString(16)
      .padStart(2, "0"),
  );
  return `#${mixed.join("")}`;
}
