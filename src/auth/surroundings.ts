/** What looking for credentials needs of its surroundings; tests give their own. */
export interface AuthSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's folder; undefined where there is none. */
  readonly home: string | undefined;
  /** Whose metadata service this machine has, as its firmware tells. */
  machine(): Promise<"google" | "amazon" | undefined>;
  /** @returns undefined for a file that does not exist. @throws for one that cannot be read. */
  readFile(path: string): Promise<SecretFile | undefined>;
  /** One request, no redirects; no answer in time throws. */
  request(request: AuthRequest): Promise<AuthAnswer>;
  /** Runs a program. @returns its standard output. @throws if it fails. */
  run(command: readonly string[]): Promise<string>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Tells the user something, once. */
  warn(text: string): void;
}

export interface SecretFile {
  readonly text: string;
  /** Whether others than its owner and group may read it. */
  readonly isPublic: boolean;
}

export interface AuthRequest {
  readonly method?: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for the whole of it. */
  readonly timeout: number;
}

export interface AuthAnswer {
  readonly status: number;
  readonly text: string;
}
