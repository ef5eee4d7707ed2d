/** What an entry records, before anything is known of its shape. */
export type Fields = Readonly<Record<string, unknown>>;

/** Description and properties after an edit; the rest stays. */
export function applyEdit(before: Fields, { description, set, unset }: Fields): Fields {
  const { customProperties } = before;
  const properties = new Map(Object.entries(isFields(customProperties) ? customProperties : {}));
  for (const key of Array.isArray(unset) ? (unset as readonly unknown[]) : []) properties.delete(String(key));
  for (const [key, value] of Object.entries(isFields(set) ? set : {})) properties.set(key, value);
  return {
    ...before,
    ...(description === undefined ? {} : { description }),
    customProperties: Object.fromEntries(properties),
  };
}

/** An object that a text is the JSON of; absent where it is none. */
export function parseFields(payload: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text among the fields; empty where it is none. */
export function textOf(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value : '';
}
