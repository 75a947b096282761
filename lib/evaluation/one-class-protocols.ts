/** Protocols on the 10 % set in papers on deep detectors. */
export type OneClassProtocol = "kddcup" | "kddcup-rev";

export const oneClassProtocols: readonly OneClassProtocol[] = ["kddcup", "kddcup-rev"];

/** F1 that papers report by them, each with its own detector. */
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
