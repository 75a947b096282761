/** A question with its options, of which one is right. */
export interface Question {
  readonly ask: string;
  readonly options: readonly Option[];
}

/** An option, and why it is right or not. */
export interface Option {
  readonly text: string;
  readonly right?: true;
  readonly because: string;
}
