/** What the three kinds of databases have in common. */
import type { Abortable } from "../../../../base/abort.js";

/** A value of a row: labels and ids as bigint, coordinates as number, names as string. */
export type SqlValue = bigint | number | string;

/** A kind's words for the same things. Schema: CloudVolume's, read and written both ways. */
export interface Dialect {
  readonly kind: "sqlite" | "mysql" | "postgres";
  readonly createTable: string;
  /** The type of labels and file numbers. */
  readonly integer: string;
  /** The type of a file's number, its primary key. */
  readonly fileId: string;
  readonly double: string;
  /** After the columns of our own table. */
  readonly clustered: string;
}

export type ColumnType = "label" | "id" | "double" | "text";

export interface Driver {
  readonly dialect: Dialect;
  /** For messages: never with a password. */
  readonly where: string;
  /** Statements without results. */
  execute(sql: string, options?: Abortable): Promise<void>;
  /** Rows of a query; `?` stands for a parameter. Labels are unsigned in parameters and, by `columns`, in rows. */
  query(
    sql: string,
    parameters: readonly SqlValue[],
    columns: readonly ColumnType[],
    options?: Abortable,
  ): Promise<SqlValue[][]>;
  /** The rows of a query for each list of parameters, where that costs no more than one query. */
  queryEach?(
    sql: string,
    parameters: readonly (readonly SqlValue[])[],
    columns: readonly ColumnType[],
    options?: Abortable,
  ): Promise<SqlValue[][]>;
  /** Adds rows, given column by column. */
  insert(
    table: string,
    names: readonly string[],
    types: readonly ColumnType[],
    columns: readonly Column[],
    options?: Abortable,
  ): Promise<void>;
  close(): Promise<void>;
}

export type Column = BigUint64Array | Float64Array | Float64Array | readonly string[];

/** As sqlite and PostgreSQL hold it, which have no unsigned numbers: in two's complement. */
export function signed(label: bigint): bigint {
  return BigInt.asIntN(64, label);
}

/** A value as a query's caller wants it. */
export function fromRow(value: unknown, type: ColumnType): SqlValue {
  if (type === "label") return BigInt.asUintN(64, BigInt(value as number | string | bigint));
  if (type === "id") return BigInt(value as number | string | bigint);
  if (type === "double") return Number(value);
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}
