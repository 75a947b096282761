/** Protocols on the 10 % set in papers on deep detectors. */
export type OneClassProtocol = "kddcup" | "kddcup-rev";

export const oneClassProtocols: readonly OneClassProtocol[] = ["kddcup", "kddcup-rev"];

/**
 * F1 that papers report by them, each with its own detector.
 *
 * - DAGMM: Zong, Song, Min, Cheng, Lumezanu, Cho and Chen 2018, "Deep autoencoding Gaussian mixture model for unsupervised
 *   anomaly detection", ICLR; https://openreview.net/forum?id=BJJLHbb0-
 * - GOAD: Bergman and Hoshen 2020, "Classification-based anomaly detection for general data", ICLR, table 3;
 *   https://arxiv.org/abs/2005.02359
 * - NeuTraL AD: Qiu, Pfrommer, Kloft, Mandt and Rudolph 2021, "Neural transformation learning for deep anomaly detection beyond
 *   images", ICML; https://arxiv.org/abs/2103.16440; again in table VIII of "Self-supervised anomaly detection with neural
 *   transformations", IEEE TPAMI 47(3), 2025
 */
export const publishedF1: Readonly<Record<OneClassProtocol, Readonly<Record<string, number>>>> = {
  kddcup: {
    "DAGMM (Zong et al. 2018)": 0.9369,
    "GOAD (Bergman & Hoshen 2020)": 0.984,
    "NeuTraL AD (Qiu et al. 2021)": 0.993,
  },
  "kddcup-rev": {
    "DAGMM (Zong et al. 2018)": 0.938,
    "GOAD (Bergman & Hoshen 2020)": 0.989,
    "NeuTraL AD (Qiu et al. 2021)": 0.991,
  },
};
