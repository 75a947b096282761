/** Mean losses of one epoch: over the training batches while the weights moved, and on the held-out rows after. */
export interface EpochLoss {
  readonly loss: number;
  readonly validationLoss?: number;
}
