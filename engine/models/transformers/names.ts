import type { BaseModel } from './base.ts';

/** A model of the hub, or in a folder of this machine, that is asked as it is. */
export type AskedBase = Extract<BaseModel, { kind: 'hub' | 'folder' }>;

/** Whether a model's name stands for a model of Transformers: `hub:ORG/NAME`, `folder:PATH`. */
export function isBaseName(name: string): boolean {
  return /^(?:hub|folder):/.test(name);
}

/** The model that such a name stands for, absent for other names. `resolve` gives the absolute path of a folder. */
export function parseBaseName(name: string, resolve: (path: string) => string): AskedBase | undefined {
  const rest = name.slice(name.indexOf(':') + 1);
  if (name.startsWith('folder:')) return { kind: 'folder', path: resolve(rest) };
  if (!name.startsWith('hub:')) return undefined;
  const at = rest.indexOf('@');
  return at < 0 ? { kind: 'hub', id: rest } : { kind: 'hub', id: rest.slice(0, at), revision: rest.slice(at + 1) };
}
