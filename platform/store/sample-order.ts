import type { SampleQuery } from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import { sampleRange } from './samples.ts';
import { selectSamples, sortValueOf, type Selection, type SortValue } from './sample-selection.ts';
import { SortedIds } from './sorted-ids.ts';

/** Ids of the samples that match a question, counted from the run's first, in its order. */
export type SampleOrder = Uint32Array;

/** Ids looked at in one step: some 5 ms. */
const portion = 5_000;

/** Finds an order a step at a time, so that others need not wait long. Samples stored after its start are left out. */
export class OrderBuilder {
  readonly #context: StoreContext;
  readonly #from: number;
  readonly #until: number;
  readonly #selection: Selection;
  readonly #sort: SortValue | undefined;
  readonly #descending: boolean;
  readonly #sorted: SortedIds<number | string>;
  readonly #plain: number[] = [];
  #next: number;

  constructor(context: StoreContext, run: number, query: SampleQuery, lanes: ReadonlyMap<number, number>) {
    const { from, until } = sampleRange(run);
    const sql = 'SELECT max(id) AS id FROM samples WHERE id >= ? AND id < ?';
    this.#context = context;
    this.#from = from;
    this.#next = from;
    this.#until = Number(context.driver.get(sql, from, until)?.['id'] ?? from);
    this.#selection = selectSamples(query, lanes);
    this.#sort = query.sort === undefined ? undefined : sortValueOf(query.sort);
    this.#descending = query.sort?.descending === true;
    this.#sorted = new SortedIds(this.#descending);
  }

  /** One step; the order once it is complete. */
  step(): SampleOrder | undefined {
    if (this.#next < this.#until) {
      this.#readPortion();
      return undefined;
    }
    if (this.#sort === undefined) {
      const ids = Uint32Array.from(this.#plain);
      return this.#descending ? ids.reverse() : ids;
    }
    return this.#sorted.mergeOnce() ? undefined : this.#sorted.ids();
  }

  #readPortion(): void {
    const { index, where, values, joins } = this.#selection;
    const sort = this.#sort;
    const end = Math.min(this.#until, this.#next + portion);
    const rows = this.#context.driver.lists(
      `SELECT s.id - ? AS id${sort === undefined ? '' : `, ${sort.sql} AS value`} FROM samples s ${index}
       ${joins || sort?.joins === true ? 'CROSS JOIN contents c ON c.key = s.content' : ''}
       WHERE s.id > ? AND s.id <= ?${where} ORDER BY s.id`,
      ...[this.#from, ...(sort?.values ?? []), this.#next, end, ...values],
    );
    this.#next = end;
    if (sort === undefined) for (const row of rows) this.#plain.push(row[0] as number);
    else
      this.#sorted.add(
        rows.map(row => row[0] as number),
        rows.map(row => valueOf(row[1], sort.type)),
      );
  }
}

/** A value of the other type, such as a text among a custom metric's scores, is none. */
function valueOf(value: unknown, type: SortValue['type']): number | string | null {
  if (type === 'number') return typeof value === 'number' ? value : null;
  return typeof value === 'string' ? value : null;
}
