import { disposeAll, type Disposable, type Event, type Nothing } from '../base/emitter.ts';
import { createThrottle } from '../base/throttle.ts';

/** A page is asked for anew at most this often, however many changes a command makes. */
const refreshIntervalMs = 250;

/** Refreshes a page when something it shows may have changed. */
export function followChanges(onChanged: Event<Nothing>, refresh: () => void): Disposable {
  const throttle = createThrottle<'page', undefined>(refreshIntervalMs, refresh);
  const changes = onChanged(() => throttle.push('page', undefined));
  return disposeAll(changes, throttle);
}
