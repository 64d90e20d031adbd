/** What is used of the package, which has no types of its own. */
declare module "node-sqlite3-wasm" {
  export type SqliteValue = number | bigint | string | Uint8Array | null;

  export interface Statement {
    all(values?: readonly SqliteValue[]): unknown[];
    run(values?: readonly SqliteValue[]): unknown;
    finalize(): void;
  }

  export interface Database {
    exec(sql: string): void;
    prepare(sql: string): Statement;
    close(): void;
  }

  const sqlite: {
    readonly Database: new (
      file: string,
      options: { readonly fileMustExist?: boolean; readonly readOnly?: boolean },
    ) => Database;
  };
  export default sqlite;
}
