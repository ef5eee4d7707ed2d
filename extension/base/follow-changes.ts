import { disposeAll, type Disposable, type Event, type Nothing } from './emitter.ts';
import { createThrottle } from './throttle.ts';

/** What is shown is asked for anew at most this often, however many changes a command makes. */
const refreshIntervalMs = 250;

/** Refreshes a page or a list when something it shows may have changed. */
export function followChanges(onChanged: Event<Nothing>, refresh: () => void): Disposable {
  const throttle = createThrottle<'page', undefined>(refreshIntervalMs, refresh);
  const changes = onChanged(() => throttle.push('page', undefined));
  return disposeAll(changes, throttle);
}
