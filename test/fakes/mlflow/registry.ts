import {
  checkAlias,
  checkKey,
  checkModelName,
  checkReserved,
  checkSource,
  column,
  invalid,
  missing,
  Refusal,
  type Fields,
} from './rules.ts';
import { cut, parseFilter } from './search.ts';
import type { Route } from './routes.ts';

interface Version {
  readonly number: number;
  readonly createdAt: number;
  updatedAt: number;
  description: string;
  readonly source: string;
  readonly runId: string;
  readonly tags: Map<string, string>;
}

interface Model {
  readonly name: string;
  readonly createdAt: number;
  updatedAt: number;
  description: string;
  readonly tags: Map<string, string>;
  readonly aliases: Map<string, number>;
  readonly versions: Map<number, Version>;
}

/** MLflow's model registry: its routes over what it keeps. */
export function registryRoutes(now: () => number): Record<string, Route> {
  const models = new Map<string, Model>();

  function find(name: string): Model {
    checkModelName(name);
    const model = models.get(name);
    if (model === undefined) throw missing(`Registered Model with name=${name}`);
    return model;
  }

  function seek({ name, version }: Fields): { model: Model; found: Version } {
    if (!/^\d+$/.test(String(version)))
      throw invalid(`Parameter 'version' must be an integer, got '${String(version)}'.`);
    const model = find(String(name));
    const found = model.versions.get(Number(version));
    if (found === undefined) throw missing(`Model Version (name=${model.name}, version=${String(version)})`);
    return { model, found };
  }

  function create({ name, tags = [], description = '' }: Fields): unknown {
    checkModelName(String(name));
    column('registered_models.description', String(description), 5000);
    const kept = tagsOf(tags, 5000);
    if (models.has(String(name))) {
      throw new Refusal('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${String(name)}) already exists.`);
    }
    const at = now();
    const model: Model = {
      name: String(name),
      createdAt: at,
      updatedAt: at,
      description: String(description),
      tags: kept,
      aliases: new Map(),
      versions: new Map(),
    };
    models.set(model.name, model);
    return { registered_model: showModel(model) };
  }

  function createVersion({ name, source, run_id: runId = '', tags = [], description = '' }: Fields): unknown {
    checkSource(String(source), String(runId));
    const model = find(String(name));
    column('model_versions.description', String(description), 5000);
    column('model_versions.source', String(source), 500);
    const at = now();
    const made: Version = {
      number: Math.max(0, ...model.versions.keys()) + 1,
      createdAt: at,
      updatedAt: at,
      description: String(description),
      source: String(source),
      runId: String(runId),
      tags: tagsOf(tags, 65_535),
    };
    model.versions.set(made.number, made);
    model.updatedAt = at;
    return { model_version: showVersion(model, made) };
  }

  function searchModels({
    filter = '',
    max_results: limit = 100,
    page_token: token,
    order_by: order = [],
  }: Fields): unknown {
    const matches = parseFilter(String(filter), ['name']);
    const found = [...models.values()]
      .filter(model => model.tags.get('mlflow.prompt.is_prompt') !== 'true')
      .filter(model => matches({ attributes: { name: model.name }, tags: model.tags }))
      .sort(orderOf(order, { name: one => one.name, last_updated_timestamp: one => one.updatedAt }));
    const { page, next } = cut(found, Number(limit), 1000, token as string | undefined);
    return {
      ...list('registered_models', page.map(showModel)),
      ...(next === undefined ? {} : { next_page_token: next }),
    };
  }

  function searchVersions({
    filter = '',
    max_results: limit = 10_000,
    page_token: token,
    order_by: order = [],
  }: Fields): unknown {
    const matches = parseFilter(String(filter), ['name', 'run_id', 'source_path', 'version_number']);
    const found = [...models.values()]
      .flatMap(model => [...model.versions.values()].map(one => ({ model, one })))
      .filter(({ model, one }) => matches({ attributes: { name: model.name, run_id: one.runId }, tags: one.tags }))
      .sort(
        orderOf(order, {
          name: ({ model }) => model.name,
          version_number: ({ one }) => one.number,
          last_updated_timestamp: ({ one }) => one.updatedAt,
        }),
      );
    const { page, next } = cut(found, Number(limit), 200_000, token as string | undefined);
    // Searches know no aliases.
    const shown = page.map(({ model, one }) => showVersion(model, one, false));
    return { ...list('model_versions', shown), ...(next === undefined ? {} : { next_page_token: next }) };
  }

  const named = { name: '!:' } as const;
  const version = { ...named, version: '!:' } as const;
  const tag = { key: '!:', value: ':' } as const;
  const search = { filter: ':', max_results: '#', page_token: ':', order_by: '[]' } as const;
  return {
    'POST registered-models/create': [{ ...named, tags: '[]', description: ':' }, create],
    'GET registered-models/get': [named, ({ name }) => ({ registered_model: showModel(find(String(name))) })],
    'GET registered-models/search': [search, searchModels],
    'PATCH registered-models/update': [
      { ...named, description: ':' },
      ({ name, description = '' }) => {
        const model = find(String(name));
        column('registered_models.description', String(description), 5000);
        Object.assign(model, { description: String(description), updatedAt: now() });
        return { registered_model: showModel(model) };
      },
    ],
    'POST registered-models/set-tag': [
      { ...named, ...tag },
      fields => setTag(find(String(fields['name'])).tags, fields, 5000),
    ],
    'DELETE registered-models/delete-tag': [
      { ...named, key: '!:' },
      ({ name, key }) => {
        find(String(name)).tags.delete(String(key));
        return {};
      },
    ],
    'POST registered-models/alias': [
      { ...version, alias: '!:' },
      fields => {
        checkAlias(String(fields['alias']));
        checkReserved(String(fields['alias']));
        const { model, found } = seek(fields);
        model.aliases.set(String(fields['alias']), found.number);
        return {};
      },
    ],
    'DELETE registered-models/alias': [
      { ...named, alias: '!:' },
      ({ name, alias }) => {
        find(String(name)).aliases.delete(String(alias));
        return {};
      },
    ],
    'POST model-versions/create': [
      { ...named, source: '!:', run_id: ':', tags: '[]', description: ':', run_link: ':', model_id: ':' },
      createVersion,
    ],
    'GET model-versions/get': [
      version,
      fields => {
        const { model, found } = seek(fields);
        return { model_version: showVersion(model, found) };
      },
    ],
    'GET model-versions/search': [search, searchVersions],
    'PATCH model-versions/update': [
      { ...version, description: ':' },
      fields => {
        const { model, found } = seek(fields);
        const { description = '' } = fields;
        column('model_versions.description', String(description), 5000);
        Object.assign(found, { description: String(description), updatedAt: now() });
        return { model_version: showVersion(model, found) };
      },
    ],
    'POST model-versions/set-tag': [{ ...version, ...tag }, fields => setTag(seek(fields).found.tags, fields, 65_535)],
    'DELETE model-versions/delete-tag': [
      { ...version, key: '!:' },
      fields => {
        seek(fields).found.tags.delete(String(fields['key']));
        return {};
      },
    ],
  };
}

/** A tag does not move the time of the last change, as in MLflow itself. */
function setTag(tags: Map<string, string>, { key, value = '' }: Fields, length: number): unknown {
  checkKey(String(key));
  column('tags.value', String(value), length);
  tags.set(String(key), String(value));
  return {};
}

export function tagsOf(given: unknown, length: number): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { key, value = '' } of given as readonly { key?: unknown; value?: unknown }[]) {
    if (typeof key !== 'string' || typeof value !== 'string')
      throw invalid("Invalid value for parameter 'tags' supplied.");
    setTag(tags, { key, value }, length);
  }
  return tags;
}

function showModel(model: Model): unknown {
  const newest = model.versions.get(Math.max(0, ...model.versions.keys()));
  return {
    name: model.name,
    creation_timestamp: model.createdAt,
    last_updated_timestamp: model.updatedAt,
    ...(model.description === '' ? {} : { description: model.description }),
    ...list('latest_versions', newest === undefined ? [] : [showVersion(model, newest, false)]),
    ...list('tags', pairs(model.tags)),
    ...list(
      'aliases',
      [...model.aliases].map(([alias, of]) => ({ alias, version: String(of) })),
    ),
  };
}

function showVersion(model: Model, one: Version, withAliases = true): unknown {
  const aliases = [...model.aliases].flatMap(([alias, of]) => (of === one.number ? [alias] : []));
  return {
    name: model.name,
    version: String(one.number),
    creation_timestamp: one.createdAt,
    last_updated_timestamp: one.updatedAt,
    current_stage: 'None',
    description: one.description,
    source: one.source,
    run_id: one.runId,
    status: 'READY',
    ...list('tags', pairs(one.tags)),
    run_link: '',
    ...list('aliases', withAliases ? aliases : []),
  };
}

export function pairs(tags: ReadonlyMap<string, string>): readonly unknown[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}

/** Protocol buffers leave empty lists out. */
export function list(field: string, items: readonly unknown[]): Record<string, unknown> {
  return items.length === 0 ? {} : { [field]: items };
}

type Key<T> = (item: T) => string | number;

function orderOf<T>(order: unknown, known: Readonly<Record<string, Key<T>>>): (a: T, b: T) => number {
  const clauses = (order as readonly string[]).map(clause => {
    const [, field = '', way = 'ASC'] = /^([\w.]+)(?:\s+(ASC|DESC))?$/.exec(clause) ?? [];
    const key = known[field];
    if (key === undefined) throw invalid(`Invalid order by key '${field}' specified.`);
    return { key, sign: way === 'ASC' ? 1 : -1 };
  });
  const last = Object.entries(known).map(([field, key]) => ({ key, sign: field === 'version_number' ? -1 : 1 }));
  return (a, b) => {
    for (const { key, sign } of [...clauses, ...last]) {
      const [left, right] = [key(a), key(b)];
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  };
}
