export * from "./common/errors";
export * from "./common/progress";
export * from "./common/random";
export * from "./data/table";
export * from "./models/detector";
export * from "./preprocess/matrix";
