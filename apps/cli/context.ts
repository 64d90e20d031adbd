/** What a command is given besides its arguments. */
export interface CommandContext {
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Prints a result and a line feed on standard output. */
  readonly print: (text: string) => void;
  /** Tells a person at a terminal something; silent where standard error is redirected. */
  readonly note: (text: string) => void;
  /** Sets the exit status of a command that ends without an error. */
  readonly endWith: (status: number) => void;
}
