import { isLike } from '../../../engine/registry/kubeflow/like.ts';
import { omit } from '../../../engine/base/omit.ts';
import { FilterFault, parseFilterQuery, type Condition, type FilterNode } from './filter-query.ts';
import type { Collection } from './schemas.ts';

/** What is stored, and answered, by rules read off the server and tried out on it. */

export type Fields = Record<string, unknown>;

export interface Entity {
  readonly id: number;
  readonly collection: Collection;
  /** For artifacts: their `artifactType`; names are unique within the parent and this. */
  readonly kind: string;
  readonly parent: number | undefined;
  /** `<parent>:<name>`, or the name alone. */
  readonly storedName: string;
  readonly createdAt: number;
  updatedAt: number;
  fields: Fields;
  /** In the form they are answered. */
  properties: Record<string, Fields>;
}

/** An answer with a status from 400 on. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ListQuery {
  readonly pageSize: number;
  readonly orderBy: string;
  readonly sortOrder: string;
  readonly nextPageToken: string;
  readonly filterQuery: string;
}

export interface StoredPage {
  readonly items: readonly Entity[];
  readonly nextPageToken: string;
}

const structMark = 'mlmd-struct::';
const upserted = ['metric', 'parameter'];

export class KubeflowStore {
  readonly #entities: Entity[] = [];
  readonly #now: () => number;
  #contexts = 0;
  #artifacts = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  list(collection: Collection, parent?: number, kind?: string): readonly Entity[] {
    return this.#entities.filter(
      one =>
        one.collection === collection &&
        (parent === undefined || one.parent === parent) &&
        (kind === undefined || one.kind === kind),
    );
  }

  get(collection: Collection, id: string): Entity {
    if (!/^-?\d+$/.test(id)) throw new Refusal(400, `invalid ID: parsing "${id}": invalid syntax: bad request`);
    const found = this.list(collection).find(one => one.id === Number(id));
    if (found === undefined) throw new Refusal(404, `nothing found for id ${id}: not found`);
    return found;
  }

  /** `made` is false where a figure or parameter took the place of one that the server holds to be the same. */
  create(collection: Collection, body: Fields, parent: number | undefined): { entity: Entity; made: boolean } {
    const kind = collection === 'artifacts' ? String(body['artifactType']) : '';
    if (kind === 'metric' && body['value'] === undefined)
      throw new Refusal(400, 'metric value is required: bad request');
    const name = typeof body['name'] === 'string' ? body['name'] : crypto.randomUUID();
    if (upserted.includes(kind) && parent !== undefined) {
      const like = this.list('artifacts', parent).filter(one => isLike(`%:${name}`, one.storedName));
      const [one] = like;
      if (like.length === 1 && one?.kind === kind) return { entity: this.update(one, body), made: false };
    }
    const storedName = parent === undefined ? name : `${parent}:${name}`;
    const externalId = body['externalId'] as string | undefined;
    const isArtifact = collection === 'artifacts';
    const others = this.#entities.filter(one => (one.collection === 'artifacts') === isArtifact);
    const clashes = others.some(
      one =>
        (one.collection === collection && one.kind === kind && one.storedName === storedName) ||
        (externalId !== undefined && one.fields['externalId'] === externalId),
    );
    if (clashes) throw new Refusal(409, `${collection} with name ${name} already exists: conflict`);
    const properties = storeProperties(body['customProperties']);
    for (const text of [storedName, externalId ?? '', ...Object.keys(properties)]) {
      if (text.length > 255) throw new Refusal(500, 'value too long for type character varying(255)');
    }
    const entity: Entity = {
      id: isArtifact ? (this.#artifacts += 1) : (this.#contexts += 1),
      collection,
      kind,
      parent,
      storedName,
      createdAt: this.#now(),
      updatedAt: this.#now(),
      fields: { ...body, name },
      properties,
    };
    const isLive = ['registered_models', 'model_versions', 'experiments', 'experiment_runs'].includes(collection);
    if (isLive) entity.fields['state'] ??= 'LIVE';
    if (collection === 'experiment_runs') entity.fields['status'] ??= 'RUNNING';
    this.#entities.push(entity);
    return { entity, made: true };
  }

  /** Fields that are named are replaced; the map of properties is replaced as a whole. */
  update(entity: Entity, body: Fields): Entity {
    const { customProperties } = body;
    // The map it keeps goes through the same check as one that is sent, in the form that it is answered in.
    if (customProperties === undefined) storeProperties(entity.properties);
    if (customProperties !== undefined) entity.properties = storeProperties(customProperties);
    entity.fields = { ...entity.fields, ...omit(body, 'customProperties', 'name') };
    entity.updatedAt = this.#now();
    return entity;
  }

  /** By name (as SQL's LIKE has it) or external id; more than one is as none. */
  find(collection: Collection, query: { name?: string; externalId?: string; parent?: number }): Entity {
    const { name, externalId, parent } = query;
    const pattern = parent === undefined ? name : `${parent}:${name ?? ''}`;
    const found = this.list(collection, parent).filter(one =>
      name === undefined ? one.fields['externalId'] === externalId : isLike(pattern ?? '', one.storedName),
    );
    const [one] = found;
    if (one === undefined) throw new Refusal(404, `no ${collection} found for name=${name ?? ''}: not found`);
    if (found.length > 1) throw new Refusal(404, `multiple ${collection} found for name=${name ?? ''}: not found`);
    return one;
  }

  page(candidates: readonly Entity[], query: ListQuery): StoredPage {
    // As the real server has it: the filter of services counts for nothing.
    const isFiltered = candidates[0]?.collection !== 'inference_services';
    const matches = isFiltered ? applyFilter(candidates, query.filterQuery) : candidates;
    const keyOf = ({ id, createdAt, updatedAt }: Entity): number =>
      query.orderBy === 'CREATE_TIME' ? createdAt : query.orderBy === 'LAST_UPDATE_TIME' ? updatedAt : id;
    const sign = query.sortOrder === 'DESC' ? -1 : 1;
    const place = (one: Entity): readonly [number, number] => [keyOf(one), one.id];
    const compare = (a: readonly [number, number], b: readonly [number, number]): number =>
      sign * (a[0] - b[0] || a[1] - b[1]);
    // Those of one millisecond come in no order that the way on to the next page would know.
    const sorted = matches.toSorted((a, b) => sign * (keyOf(a) - keyOf(b)) || sign * (b.id - a.id));
    const cursor = query.nextPageToken === '' ? undefined : readToken(query.nextPageToken);
    const rest = cursor === undefined ? sorted : sorted.filter(one => compare(place(one), cursor) > 0);
    const items = query.pageSize > 0 ? rest.slice(0, query.pageSize) : rest;
    const last = items.at(-1);
    const hasMore = items.length < rest.length && last !== undefined;
    return { items, nextPageToken: hasMore ? btoa(`${last.id}:${keyOf(last)}`) : '' };
  }
}

function readToken(token: string): readonly [number, number] {
  let text = '';
  try {
    text = atob(token);
  } catch {
    // Told below.
  }
  const match = /^(\d+):(\d+)$/.exec(text);
  if (match === null) throw new Refusal(400, 'invalid nextPageToken: bad request');
  return [Number(match[2]), Number(match[1])];
}

function storeProperties(sent: unknown): Record<string, Fields> {
  const stored: Record<string, Fields> = {};
  for (const [key, value] of Object.entries((sent ?? {}) as Record<string, Fields>)) {
    stored[key] = value;
    const { string_value: text, int_value: int, struct_value: struct } = value;
    // The real one keeps it, and can read nothing any more.
    if (typeof text === 'string' && text.startsWith(structMark))
      throw new Refusal(500, 'failed to decode base64 string');
    if (typeof int === 'string' && Math.abs(Number(int)) > 2 ** 31)
      throw new Refusal(400, `out of range for key ${key}`);
    if (typeof struct === 'string') {
      try {
        stored[key] = { ...value, struct_value: JSON.stringify(JSON.parse(atob(struct))) };
      } catch {
        throw new Refusal(400, `unable to decode illegal base64 data for key ${key}: bad request`);
      }
    }
  }
  return stored;
}

function applyFilter(candidates: readonly Entity[], query: string): readonly Entity[] {
  try {
    const node = parseFilterQuery(query);
    return node === undefined ? candidates : candidates.filter(one => matches(one, node));
  } catch (error) {
    if (error instanceof FilterFault)
      throw new Refusal(400, `invalid filter query syntax: ${error.message}: bad request`);
    throw error;
  }
}

function matches(entity: Entity, node: FilterNode): boolean {
  if (node.kind === 'condition') return meets(entity, node.condition);
  return node.kind === 'and'
    ? node.parts.every(part => matches(entity, part))
    : node.parts.some(part => matches(entity, part));
}

/** Lists are kept as structures, which no comparison finds. */
function meets(entity: Entity, condition: Condition): boolean {
  const { property } = condition;
  if (property === 'id') return compares(entity.id, condition);
  if (property === 'name') {
    const isChild = entity.parent !== undefined;
    const text = entity.storedName.slice(isChild ? entity.storedName.indexOf(':') + 1 : 0);
    return compares(text, condition);
  }
  if (property === 'lastUpdateTimeSinceEpoch') return compares(entity.updatedAt, condition);
  if (property === 'externalId') return compares(entity.fields['externalId'], condition);
  // Times are wide columns; integers of properties are not.
  if (condition.whole && Math.abs(Number(condition.value)) > 2 ** 31) throw new FilterFault('type mismatch');
  const field = entity.fields[property];
  const ids = ['registeredModelId', 'modelVersionId', 'servingEnvironmentId'];
  const own = ids.includes(property) && field !== undefined ? Number(field) : field;
  const custom = entity.properties[property];
  return [own, valueOf(custom, condition)].some(value => value !== undefined && compares(value, condition));
}

function valueOf(custom: Fields | undefined, { whole, value }: Condition): unknown {
  if (custom === undefined) return undefined;
  const { double_value: double, int_value: int, bool_value: bool, string_value: text } = custom;
  if (typeof value === 'number') return double ?? (whole && int !== undefined ? Number(int) : undefined);
  return typeof value === 'boolean' ? bool : text;
}

function compares(actual: unknown, { operator, value }: Condition): boolean {
  if (operator === 'IN') return Array.isArray(value) && (value as readonly unknown[]).includes(actual);
  if (operator === 'LIKE') return typeof actual === 'string' && isLike(String(value), actual);
  if (operator === 'ILIKE') {
    return typeof actual === 'string' && isLike(String(value).toLowerCase(), actual.toLowerCase());
  }
  if (typeof actual !== typeof value) return false;
  const [a, b] = [actual as string | number, value as string | number];
  if (operator === '=') return a === b;
  if (operator === '!=' || operator === '<>') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
