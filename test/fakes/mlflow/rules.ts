/** What MLflow answers where it refuses. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: keyof typeof statuses, message: string) {
    super(message);
    this.code = code;
    this.status = statuses[code];
  }
}

const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  RESOURCE_DOES_NOT_EXIST: 404,
  INTERNAL_ERROR: 500,
} as const;

export function invalid(message: string): Refusal {
  return new Refusal('INVALID_PARAMETER_VALUE', message);
}

export function missing(what: string): Refusal {
  return new Refusal('RESOURCE_DOES_NOT_EXIST', `${what} not found`);
}

export type Fields = Readonly<Record<string, unknown>>;

/** How a request's fields must look: `!` is required, `[]` a list, `#` a whole number, `:` a text. */
export type Shape = Readonly<Record<string, '!:' | ':' | '#' | '[]'>>;

/** A request as its handler sees it: fields of an unknown name are left out, as protocol buffers do. */
export function checkRequest(fields: Fields, shape: Shape, isQuery: boolean): Fields {
  const checked: Record<string, unknown> = {};
  for (const [field, kind] of Object.entries(shape)) {
    let value = fields[field];
    if (value === undefined || value === '') {
      if (kind === '!:') throw invalid(`Missing value for required parameter '${field}'.`);
      if (value === undefined) continue;
    }
    if (kind === '#' && isQuery) value = Number(value);
    const fits =
      kind === '#' ? Number.isInteger(value) : kind === '[]' ? Array.isArray(value) : typeof value === 'string';
    if (!fits) throw invalid(`Invalid value ${JSON.stringify(value)} for parameter '${field}' supplied.`);
    checked[field] = value;
  }
  return checked;
}

export function checkModelName(name: string): void {
  if (name.trim() === '') throw invalid("Missing value for required parameter 'name'.");
  if (/[/:]/.test(name)) throw invalid(`Invalid model name '${name}'. Names cannot contain '/' or ':'.`);
  column('registered_models.name', name, 256);
}

export function checkKey(key: string, path = 'key'): void {
  if (key === '') throw invalid(`Missing value for required parameter '${path}'.`);
  if (!/^[/\p{L}\p{N}_. :-]*$/u.test(key)) {
    throw invalid(`Invalid value "${key}" for parameter '${path}' supplied: Names may only contain alphanumerics`);
  }
  const parts = key.split('/');
  if (key.startsWith('..') || parts.some(part => part === '' || part === '.' || part === '..')) {
    throw invalid(`Invalid value "${key}" for parameter '${path}' supplied: Names may be treated as files`);
  }
  if (key.length > 250) throw invalid(`'${path}' exceeds the maximum length of 250 characters`);
}

/** What the database of a careful deployment holds; what is longer is an error of the server, after other things were written. */
export function column(name: string, value: string, length: number): void {
  if (value.length > length)
    throw new Refusal('INTERNAL_ERROR', `value too long for type character varying(${length}): ${name}`);
}

export function checkAlias(alias: string): void {
  if (!/^[\p{L}\p{N}_-]*$/u.test(alias)) throw invalid(`Invalid alias name: '${alias}'.`);
  if (alias.length > 255) throw invalid("'Registered model alias name' exceeds the maximum length of 255 characters");
}

/** Aliases that only MLflow itself gives. */
export function checkReserved(alias: string): void {
  if (alias.toLowerCase() === 'latest') throw invalid("'latest' alias name (case insensitive) is reserved.");
  if (/^v\d+$/i.test(alias)) throw invalid(`Version alias name '${alias}' is reserved.`);
}

/** Where MLflow lets a version lie: not on its own disk, not on a web server, and not in somebody else's run. */
export function checkSource(source: string, runId: string | undefined): void {
  const bad = invalid(`Invalid model version source: '${source}'.`);
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') throw bad;
  if (scheme === 'http' || scheme === 'https' || scheme === 'ftp')
    throw invalid(`'source' cannot use the '${scheme}' scheme`);
  if (source.split('/').includes('..')) throw bad;
  if (scheme === 'runs') {
    const [, run] = /^runs:\/([^/]+)/.exec(source) ?? [];
    if (run === undefined || run !== runId) throw bad;
    return;
  }
  // Paths of a URI without a host must be absolute.
  const path = /^[^:]+:(?:\/\/[^/]*)?(.*)$/s.exec(source)?.[1] ?? '';
  if (path !== '' && !path.startsWith('/')) throw bad;
  if (scheme === 'mlflow-artifacts') throw bad;
}
