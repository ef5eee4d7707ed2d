import type { SamplePage, SampleQuery, SampleRow } from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import type { Memo } from './memo.ts';
import { findRun } from './runs.ts';
import type { SampleOrder } from './sample-order.ts';
import type { SampleOrders } from './sample-orders.ts';
import { cutSample } from '../../schemas/cut-sample.ts';
import { findSample, readLanes, sampleColumns, toSampleRow, type RunLanes } from './sample-rows.ts';
import { selectSamples } from './sample-selection.ts';
import { sampleRange } from './samples.ts';

const largestPage = 10_000;

/**
 * One page of a run's samples; undefined while its order takes longer than one turn: then the same is asked again. `total`
 * counts all that match, not only the page. In the order of completion pages come right from the table, by key; any
 * other order, and any condition no index answers, is found once and then paged through by position.
 */
export function querySamples(
  context: StoreContext,
  memo: Memo,
  orders: SampleOrders,
  query: SampleQuery,
): SamplePage | undefined {
  return context.driver.read(() => {
    const run = findRun(context, query.runId);
    const lanes = readLanes(context, Number(run['key']));
    const direct = isPlain(query) ? byKey(context, memo, lanes, query) : undefined;
    if (direct !== undefined) return cutPage(direct, query);
    const order = orders.find(run, lanes, query);
    return order === undefined ? undefined : cutPage(pageOf(context, lanes, order, query), query);
  });
}

export function dropQuery(context: StoreContext, orders: SampleOrders, query: SampleQuery): void {
  orders.drop(findRun(context, query.runId), query);
}

/** In the order of completion, and with no condition but those that indexes answer. */
function isPlain({ sort, where, slice, text = '' }: SampleQuery): boolean {
  const isByCompletion = sort === undefined || (sort.by === 'id' && sort.descending !== true);
  return isByCompletion && where === undefined && slice === undefined && text === '';
}

/** Undefined where a position is asked for and ids do not tell it. */
function byKey(context: StoreContext, memo: Memo, lanes: RunLanes, query: SampleQuery): SamplePage | undefined {
  const { from, until } = sampleRange(lanes.run);
  const limit = limitOf(query);
  const total = memo('samples', [lanes.run, query.filter, query.variant], () => countPlain(context, lanes, query));
  let { after = 0 } = query;
  let position: Partial<SamplePage> = {};
  if (query.offset !== undefined || query.find !== undefined) {
    if (!isDense(context, memo, lanes, query, total)) return undefined;
    const found = positionOf(query.find, total);
    after = startOf(query, found, limit);
    position = { offset: after, ...(found === undefined ? {} : { found }) };
  }
  const { index, where, values } = selectSamples(query, lanes.lanes);
  const rows = context.driver.all(
    `SELECT ${sampleColumns} FROM samples s ${index || laneIndexOf(query)} CROSS JOIN contents c ON c.key = s.content
     WHERE s.id > ? AND s.id < ?${where} ORDER BY s.id LIMIT ?`,
    ...[from + after, until, ...values, limit + 1],
  );
  const shown = rows.slice(0, limit).map(row => toSampleRow(row, from, lanes.variants));
  return { rows: shown, ...nextOf(shown, rows.length > limit), total, ...position };
}

function cutPage(page: SamplePage, { textLimit }: SampleQuery): SamplePage {
  return textLimit === undefined ? page : { ...page, rows: page.rows.map(row => cutSample(row, textLimit)) };
}

function positionOf(id: number | undefined, total: number): number | undefined {
  return id !== undefined && Number.isInteger(id) && id >= 1 && id <= total ? id - 1 : undefined;
}

/** Whether ids count all samples from 1 without a gap, so that a position is an id. */
function isDense(context: StoreContext, memo: Memo, lanes: RunLanes, query: SampleQuery, total: number): boolean {
  if (query.variant !== undefined || (query.filter ?? 'all') !== 'all') return false;
  const { from, until } = sampleRange(lanes.run);
  return memo('dense', [lanes.run], () => {
    const sql = 'SELECT max(id) AS id FROM samples WHERE id > ? AND id < ?';
    return Number(context.driver.get(sql, from, until)?.['id'] ?? from) - from === total;
  });
}

/** Samples of one variant lie by id in its index; without the hint the whole run would be looked through. */
function laneIndexOf({ variant }: SampleQuery): string {
  return variant === undefined ? '' : 'INDEXED BY samples_of_lane';
}

function countPlain(context: StoreContext, lanes: RunLanes, query: SampleQuery): number {
  const { driver } = context;
  if ((query.filter ?? 'all') === 'all') {
    const counted = query.variant === undefined ? [...lanes.lanes.values()] : [lanes.lanes.get(query.variant) ?? -1];
    const counts = counted.map(lane => driver.get('SELECT count(*) AS n FROM samples WHERE lane = ?', lane)?.['n']);
    return counts.reduce<number>((sum, count) => sum + Number(count), 0);
  }
  const { from, until } = sampleRange(lanes.run);
  const { index, where, values } = selectSamples(query, lanes.lanes);
  const sql = `SELECT count(*) AS n FROM samples s ${index} WHERE s.id > ? AND s.id < ?${where}`;
  return Number(driver.get(sql, from, until, ...values)?.['n']);
}

function pageOf(context: StoreContext, lanes: RunLanes, order: SampleOrder, query: SampleQuery): SamplePage {
  const limit = limitOf(query);
  const position = query.find === undefined ? -1 : order.indexOf(query.find);
  const found = position < 0 ? undefined : position;
  const offset = Math.min(order.length, startIn(order, query, found, limit));
  const rows: SampleRow[] = [];
  for (const id of order.subarray(offset, offset + limit)) {
    const row = findSample(context, lanes, id);
    if (row !== undefined) rows.push(row);
  }
  return {
    rows,
    ...nextOf(rows, offset + limit < order.length),
    total: order.length,
    offset,
    ...(found === undefined ? {} : { found }),
  };
}

/** After a sample that is not among those that match there is nothing more. */
function startIn(order: SampleOrder, query: SampleQuery, found: number | undefined, limit: number): number {
  const { after = 0 } = query;
  if (query.offset !== undefined || query.find !== undefined || after === 0) return startOf(query, found, limit);
  const last = order.indexOf(after);
  return last < 0 ? order.length : last + 1;
}

function startOf(query: SampleQuery, found: number | undefined, limit: number): number {
  if (query.find === undefined) return query.offset ?? 0;
  return found === undefined ? 0 : found - (found % limit);
}

function nextOf(rows: readonly SampleRow[], isMore: boolean): Pick<SamplePage, 'next'> {
  const last = rows.at(-1);
  return isMore && last !== undefined ? { next: last.id } : {};
}

function limitOf({ limit }: SampleQuery): number {
  return Math.min(Math.max(1, limit), largestPage);
}
