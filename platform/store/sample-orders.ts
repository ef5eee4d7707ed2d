import type { SampleQuery } from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { readDataVersion } from './memo.ts';
import { OrderBuilder, type SampleOrder } from './sample-order.ts';
import type { RunLanes } from './sample-rows.ts';

/** Orders that pages have asked for, the latest few: four bytes a sample each. */
export interface SampleOrders {
  /** The order of a question, or undefined while it takes longer than one turn: then ask again. */
  find(run: Row, lanes: RunLanes, query: SampleQuery): SampleOrder | undefined;
  /** Nobody waits for this question any more. */
  drop(run: Row, query: SampleQuery): void;
}

interface Held {
  readonly version: string;
  readonly builder: OrderBuilder;
  order?: SampleOrder;
}

const mostHeld = 6;
/** Milliseconds of one turn; what others ask waits at most so long, and one step more. */
const turn = 30;

/**
 * A first page takes in what was stored since; further pages go on in the order the first one began, so that rows
 * neither repeat nor are lost while a run is under way.
 */
export function createSampleOrders(context: StoreContext): SampleOrders {
  const held = new Map<string, Held>();

  const findHeld = (run: Row, lanes: RunLanes, query: SampleQuery): Held => {
    const key = questionOf(run, query);
    const known = held.get(key);
    held.delete(key);
    const version = versionOf(context, run);
    const isUsable = known !== undefined && (known.order === undefined || goesOn(query) || known.version === version);
    const found = isUsable ? known : { version, builder: new OrderBuilder(context, lanes.run, query, lanes.lanes) };
    held.set(key, found);
    const [oldest] = held.keys();
    if (held.size > mostHeld && oldest !== undefined) held.delete(oldest);
    return found;
  };

  return {
    find(run, lanes, query) {
      const found = findHeld(run, lanes, query);
      const until = performance.now() + turn;
      while (found.order === undefined && performance.now() < until) {
        const order = found.builder.step();
        if (order !== undefined) found.order = order;
      }
      return found.order;
    },
    drop(run, query) {
      const key = questionOf(run, query);
      if (held.get(key)?.order === undefined) held.delete(key);
    },
  };
}

function questionOf(run: Row, { variant, filter, slice, text, where, sort }: SampleQuery): string {
  return JSON.stringify([run['key'], variant, filter, slice, text, where, sort]);
}

function goesOn({ after = 0, offset = 0 }: SampleQuery): boolean {
  return after > 0 || offset > 0;
}

/** Samples of a run that ended change only when it is resumed, whatever else is written. */
function versionOf(context: StoreContext, run: Row): string {
  if (run['ended_at'] !== null) return `${String(run['epoch'])}/${String(run['ended_at'])}`;
  return `${readDataVersion(context)}/${context.writes.count}`;
}
