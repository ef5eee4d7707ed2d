import type {
  NewPublication,
  OpenPublication,
  PublicationOutcome,
  PublicationTurn,
  Publications,
} from '../../engine/ports/catalogue.ts';
import type { Failure, Publication, VersionStatus } from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import type { StoreThread } from './worker-thread.ts';

export function createPublications(thread: StoreThread): Publications {
  return {
    begin: publication => thread.call('beginPublication', [publication]),
    end: (turn, outcome) => thread.call('endPublication', [turn, outcome]),
    ofVersion: (model, version) => thread.call('listPublications', [model, version]),
    open: () => thread.call('listOpenPublications', []),
    publishedTo: model => thread.call('listPublished', [model]),
  };
}

/** The same thing to the same place is one row, however often it is tried. */
export function beginPublication(context: StoreContext, publication: NewPublication): PublicationTurn {
  const { registry, model, version, kind, runId = '', local, request, later = false } = publication;
  const thing = kind === 'version' && local !== undefined ? `${local.model}@${local.version}` : version;
  return context.write(() => {
    context.driver.run(
      `INSERT INTO publications
        (registry, model, version, kind, thing, run_id, local_model, local_version, request, state, at, attempts)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)
        ON CONFLICT (registry, model, kind, thing, run_id) DO UPDATE SET
          local_model = excluded.local_model, local_version = excluded.local_version, request = excluded.request,
          attempts = CASE state WHEN 'done' THEN 0 ELSE attempts END + excluded.attempts,
          turn = turn + 1, state = 'pending', at = excluded.at, failure = NULL`,
      ...[registry, model, version, kind, thing, runId, local?.model ?? null, local?.version ?? null, request],
      ...[context.now(), later ? 0 : 1],
    );
    const row = context.driver.get(
      'SELECT key, turn FROM publications WHERE registry = ? AND model = ? AND kind = ? AND thing = ? AND run_id = ?',
      ...[registry, model, kind, thing, runId],
    );
    return { key: Number(row?.['key']), turn: Number(row?.['turn']) };
  });
}

export function endPublication(
  context: StoreContext,
  { key, turn }: PublicationTurn,
  outcome: PublicationOutcome,
): void {
  const { version, id, url, status, failure } = outcome;
  context.write(() => {
    context.driver.run(
      `UPDATE publications SET state = ?, at = ?, failure = ?, version = coalesce(?, version), id = coalesce(?, id),
        url = coalesce(?, url), status = coalesce(?, status) WHERE key = ? AND turn = ?`,
      ...[failure === undefined ? 'done' : 'failed', context.now()],
      ...[
        failure === undefined ? null : JSON.stringify(failure),
        version ?? null,
        id ?? null,
        url ?? null,
        status ?? null,
        key,
        turn,
      ],
    );
  });
}

export function listPublications(context: StoreContext, model: string, version: string): Publication[] {
  const sql = 'SELECT * FROM publications WHERE local_model = ? AND local_version = ? ORDER BY at DESC, key DESC';
  return context.driver.read(() => context.driver.all(sql, model, version).map(toPublication));
}

export function listOpenPublications(context: StoreContext): OpenPublication[] {
  const sql = "SELECT * FROM publications WHERE state <> 'done' ORDER BY key";
  return context.driver.read(() =>
    context.driver.all(sql).map(row => ({
      ...toPublication(row),
      key: Number(row['key']),
      attempts: Number(row['attempts']),
      request: String(row['request']),
      ...(row['local_model'] === null
        ? {}
        : { local: { model: String(row['local_model']), version: String(row['local_version']) } }),
    })),
  );
}

/** A version counts as published once that was done, whatever became of later attempts. */
export function listPublished(
  context: StoreContext,
  model: string | undefined,
): { readonly model: string; readonly version: string; readonly registry: string }[] {
  const sql = `SELECT DISTINCT local_model, local_version, registry FROM publications
    WHERE kind = 'version' AND id IS NOT NULL AND local_model = coalesce(?, local_model)
    ORDER BY local_model, local_version, registry`;
  return context.driver.read(() =>
    context.driver.all(sql, model ?? null).map(row => ({
      model: String(row['local_model']),
      version: String(row['local_version']),
      registry: String(row['registry']),
    })),
  );
}

function toPublication(row: Row): Publication {
  const text = (name: string): string | undefined => (row[name] === null ? undefined : String(row[name]));
  const [id, url, status, failure] = [text('id'), text('url'), text('status'), text('failure')];
  const runId = String(row['run_id']);
  return {
    registry: String(row['registry']),
    model: String(row['model']),
    version: String(row['version']),
    kind: row['kind'] as Publication['kind'],
    state: row['state'] as Publication['state'],
    at: Number(row['at']),
    attempts: Number(row['attempts']),
    ...(runId === '' ? {} : { runId }),
    ...(id === undefined ? {} : { id }),
    ...(url === undefined ? {} : { url }),
    ...(status === undefined ? {} : { status: status as VersionStatus }),
    ...(failure === undefined ? {} : { failure: JSON.parse(failure) as Failure }),
  };
}
