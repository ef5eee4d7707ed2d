import type { ServerContext } from '../context.ts';
import type { NamedDocument, NameTable } from './name-table.ts';

/** What was found, and the documents it was found in. */
export interface Found<T> {
  readonly answer: T;
  readonly documents: Iterable<NamedDocument>;
}

const mostTries = 3;

/** Looks something up in the table, and once more when a document it came from turns out to have changed on disk. */
export async function findSettled<T>(
  { names }: Pick<ServerContext, 'names'>,
  find: (table: NameTable) => Found<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const { answer, documents } = find(await names.ready(signal));
    if ((await names.confirm(documents, signal)) || tries >= mostTries) return answer;
  }
}
