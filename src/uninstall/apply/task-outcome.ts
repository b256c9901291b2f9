/** What became of one thing that was to be done. */
export type TaskOutcome =
  | { readonly outcome: 'done'; readonly message?: string }
  /** Somebody else was faster. */
  | { readonly outcome: 'gone' }
  /** Whoever uninstalls may not do it. */
  | { readonly outcome: 'forbidden'; readonly message: string }
  | { readonly outcome: 'failed'; readonly message: string };
