/** What is left alone, and why, in a sentence. */
export interface Note {
  readonly about: string;
  readonly message: string;
}
