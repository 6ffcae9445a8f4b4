/** Where a PostgreSQL is reached and as whom. */
export interface DatabaseConnection {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** A class, as TypeORM takes entities and migrations. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- TypeORM's own type of a class
export type DatabaseClass = Function;

/** What one room keeps in the database: its own PostgreSQL schema (named like the room), entities and migrations. */
export interface DatabaseSchema {
  readonly name: string;
  readonly entities: readonly DatabaseClass[];
  /** Class names end in a 13-digit timestamp, which orders them over all rooms, and are unique over all rooms. */
  readonly migrations: readonly DatabaseClass[];
}
