import { WorkbenchError } from '../../engine/base/errors.ts';
import { relateBoots } from '../host/boot.ts';
import { isAlive } from '../host/alive.ts';
import type { Driver, Row } from './driver.ts';
import { storeBusy, storeRemote } from './failures.ts';

/** Which machine (and which side of a container boundary) this process runs on. */
export interface Self {
  readonly host: string;
  readonly bootId: string;
}

/** What every operation of the store needs. */
export interface StoreContext {
  readonly folder: string;
  readonly driver: Driver;
  readonly self: Self;
  /** Milliseconds since the epoch, by the clock of the thread that asked. */
  readonly now: () => number;
  /** Counts this connection's own writes: PRAGMA data_version does not. */
  readonly writes: { count: number };
  /** Runs `work` in a write transaction; names the holders when the store stays locked. */
  readonly write: <T>(work: () => T) => T;
}

/** Milliseconds a lease lives without a heartbeat. */
export const leaseLife = 15_000;
const ownerRefresh = 5_000;

export function createContext(folder: string, driver: Driver, self: Self, now: () => number): StoreContext {
  const writes = { count: 0 };
  let ownedAt = -Infinity;
  const write = <T>(work: () => T): T => {
    try {
      const result = driver.write(() => {
        if (Math.abs(now() - ownedAt) >= ownerRefresh) {
          checkOwner(driver, self, now(), folder);
          driver.run('UPDATE store_state SET host = ?, boot = ?, seen_at = ?', self.host, self.bootId, now());
          ownedAt = now();
        }
        return work();
      });
      writes.count++;
      return result;
    } catch (error) {
      ownedAt = -Infinity;
      if (error instanceof WorkbenchError && error.code === 'store-busy') {
        throw storeBusy(folder, describeHolders(driver, now()), error.cause);
      }
      throw error;
    }
  };
  return { folder, driver, self, now, writes, write };
}

/** Refuses a store that a process on another host, or across a container boundary, has used just now. */
export function checkOwner(driver: Driver, self: Self, now: number, folder: string): void {
  const state = driver.get('SELECT host, boot AS boot, seen_at + ? AS until FROM store_state', leaseLife);
  const leases = driver.all('SELECT host, boot, lease_until AS until FROM runs WHERE lease_until > ?', now);
  for (const holder of [...(state === undefined ? [] : [state]), ...leases]) {
    const where = foreignPlace(holder, self, now);
    if (where !== undefined) throw storeRemote(folder, `it is in use ${where}`);
  }
}

function foreignPlace(holder: Row, self: Self, now: number): string | undefined {
  if (typeof holder['host'] !== 'string' || Number(holder['until']) <= now) return undefined;
  if (holder['host'] !== self.host) return `on another host, ${holder['host']}`;
  return relateBoots(self.bootId, String(holder['boot'])) === 'apart' ? 'across a container boundary' : undefined;
}

/** Whether the process that holds this run's lease is alive, as far as can be told from here. */
export function isHeld(run: Row, context: Pick<StoreContext, 'self' | 'now'>): boolean {
  if (run['lease_until'] === null || Number(run['lease_until']) <= context.now()) return false;
  if (run['host'] !== context.self.host) return true;
  const relation = relateBoots(context.self.bootId, String(run['boot']));
  if (relation === 'same') return isAlive(Number(run['pid']));
  return relation === 'apart';
}

function describeHolders(driver: Driver, now: number): string[] {
  try {
    const rows = driver.all('SELECT name, host, pid FROM runs WHERE lease_until > ? LIMIT 5', now);
    return rows.map(row => `run "${String(row['name'])}" (process ${String(row['pid'])} on ${String(row['host'])})`);
  } catch {
    return [];
  }
}

/** Runs `work` in a write transaction that is on disk when this returns, also for a power cut. */
export function writeDurably<T>(context: StoreContext, work: () => T): T {
  const { driver } = context;
  const usual = Number(driver.get('PRAGMA synchronous')?.['synchronous']);
  driver.exec('PRAGMA synchronous = FULL');
  try {
    return context.write(work);
  } finally {
    driver.exec(`PRAGMA synchronous = ${String(usual)}`);
  }
}
