import type { MetricName } from '../../schemas/generated/files.ts';

/** What a metric is called in keys, in the catalogue and for people. */
export interface Identity {
  readonly id: string;
  readonly name: MetricName;
  readonly label: string;
}

/** A metric's names, with those of its `name` parameter where it has one: the same metric may then appear twice in a table. */
export function identify(name: MetricName, label: string, parameters: Readonly<Record<string, unknown>>): Identity {
  const own = parameters['name'];
  const id = typeof own === 'string' ? own : name;
  return { id, name, label: `${label}${ownSuffix({ id, name, label })}` };
}

/** What tells the figures of a metric with a name of its own apart from the usual ones. */
export function ownSuffix({ id, name }: Identity): string {
  return id === name ? '' : ` · ${id}`;
}
