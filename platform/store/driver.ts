import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { describeStoreFailure, isBusy, storeBusy } from './failures.ts';

export type Row = Record<string, SQLOutputValue>;

/** The few things the store asks of its database, so that no other file knows which library provides it. */
export interface Driver {
  readonly path: string;
  readonly readOnly: boolean;
  exec(sql: string): void;
  get(sql: string, ...values: SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** Rows as lists of their columns: half the time of objects. Not for SQL that is also asked for as objects. */
  lists(sql: string, ...values: SQLInputValue[]): (readonly SQLOutputValue[])[];
  iterate(sql: string, ...values: SQLInputValue[]): Iterable<Row>;
  /** Returns the number of changed rows. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** A statement to be bound many times; kept for the life of the connection. */
  prepare(sql: string): StatementSync;
  /** Runs `work` in one write transaction, taken at once (BEGIN IMMEDIATE); throws `store-busy` when the lock stays taken. */
  write<T>(work: () => T): T;
  /** Runs `work` on one unchanging view of the data. */
  read<T>(work: () => T): T;
  close(): void;
}

export interface DriverOptions {
  readonly readOnly: boolean;
  /** Milliseconds SQLite itself waits for a lock. */
  readonly busyTimeout?: number;
  /** Milliseconds after which a lock that stays taken becomes `store-busy`. */
  readonly patience?: number;
}

/** Opens the database file; creates it unless `readOnly`. */
export function openDriver(path: string, options: DriverOptions): Driver {
  const busyTimeout = options.busyTimeout ?? 5_000;
  const patience = options.patience ?? 15_000;
  const database = guard(path, () => new DatabaseSync(path, { readOnly: options.readOnly, timeout: busyTimeout }));
  const statements = new Map<string, StatementSync>();

  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };

  const isOpen = (): boolean => database.isTransaction;
  const transact = <T>(begin: string, work: () => T): T => {
    if (isOpen()) return work();
    retryBusy(() => database.exec(begin), path, patience);
    try {
      const result = work();
      retryBusy(() => database.exec('COMMIT'), path, patience);
      return result;
    } catch (error) {
      if (isOpen()) database.exec('ROLLBACK');
      throw describeStoreFailure(error, path);
    }
  };

  return {
    path,
    readOnly: options.readOnly,
    exec: sql => guard(path, () => database.exec(sql)),
    get: (sql, ...values) => guard(path, () => prepare(sql).get(...values)),
    all: (sql, ...values) => guard(path, () => prepare(sql).all(...values)),
    lists: (sql, ...values) =>
      guard(path, () => prepareLists(prepare(sql)).all(...values) as unknown as SQLOutputValue[][]),
    iterate: (sql, ...values) => prepare(sql).iterate(...values),
    run: (sql, ...values) => guard(path, () => Number(prepare(sql).run(...values).changes)),
    prepare: sql => guard(path, () => prepare(sql)),
    write: work => transact('BEGIN IMMEDIATE', work),
    read: work => transact('BEGIN', work),
    close: () => {
      statements.clear();
      database.close();
    },
  };
}

function prepareLists(statement: StatementSync): StatementSync {
  statement.setReturnArrays(true);
  return statement;
}

/** SQLite's own wait is bounded and not always applied, so the lock is asked for again until the patience is used up. */
export function retryBusy(step: () => void, path: string, patience: number): void {
  const until = performance.now() + patience;
  for (;;) {
    try {
      step();
      return;
    } catch (error) {
      if (!isBusy(error)) throw describeStoreFailure(error, path);
      if (performance.now() >= until) throw storeBusy(path, [], error);
      pause(20);
    }
  }
}

/** Blocks this thread: the store has a thread of its own, and what waits behind needs the same lock. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function guard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw describeStoreFailure(error, path);
  }
}
