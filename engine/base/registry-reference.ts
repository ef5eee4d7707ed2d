/** A version as people name it: `[REGISTRY/]MODEL[@VERSION]`. */
export interface RegistryReference {
  /** Absent: the local registry. */
  readonly registry?: string;
  readonly model: string;
  /** A version or an alias. */
  readonly version?: string;
}

/**
 * Takes `[REGISTRY/]MODEL[@VERSION]` apart: what stands before the first slash is a registry, since local models have none in their
 * names. Absent for a text without a model.
 */
export function parseReference(text: string): RegistryReference | undefined {
  const at = text.lastIndexOf('@');
  const [path, version] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const slash = path.indexOf('/');
  const [registry, model] = slash < 0 ? [undefined, path] : [path.slice(0, slash), path.slice(slash + 1)];
  if (model === '' || version === '' || registry === '') return undefined;
  return {
    ...(registry === undefined || registry === 'local' ? {} : { registry }),
    model,
    ...(version === undefined ? {} : { version }),
  };
}

export function formatReference({ registry, model, version }: RegistryReference): string {
  const prefix = registry === undefined || registry === 'local' ? '' : `${registry}/`;
  return `${prefix}${model}${version === undefined ? '' : `@${version}`}`;
}
