import type { OutputKey } from '../../engine/ports/claims.ts';
import { leaseLife, type StoreContext } from './context.ts';

/** Takes the claim, or renews it. One that ran out is anybody's, as is one that nobody has. */
export function takeClaim(context: StoreContext, { runId, notebook }: OutputKey, holder: string): boolean {
  return context.write(() => {
    const { driver, now } = context;
    driver.run('DELETE FROM cell_claims WHERE until <= ?', now());
    driver.run(
      `INSERT INTO cell_claims (run_id, notebook, holder, until) VALUES (?, ?, ?, ?)
        ON CONFLICT (run_id, notebook) DO UPDATE SET until = excluded.until WHERE holder = excluded.holder`,
      ...[runId, notebook, holder, now() + leaseLife],
    );
    const row = driver.get('SELECT holder FROM cell_claims WHERE run_id = ? AND notebook = ?', runId, notebook);
    return row?.['holder'] === holder;
  });
}

export function releaseClaim(context: StoreContext, key: OutputKey, holder: string, after: number): void {
  const { driver, now, write } = context;
  write(() => {
    driver.run(
      'UPDATE cell_claims SET until = ? WHERE run_id = ? AND notebook = ? AND holder = ?',
      ...[now() + after, key.runId, key.notebook, holder],
    );
  });
}
