import type { DeclaredAddress } from '../ports/catalogue.ts';
import type { Registry as Declared, Workbench } from '../../schemas/generated/files.ts';

/** A registry elsewhere, as workbench.yaml declares it. */
export interface RegistryDeclaration {
  readonly name: string;
  readonly settings: Exclude<Declared, { type: 'local' }>;
}

/** The registries that a workspace declares. `registry:` alone is called by its type. */
export function declaredRegistries({
  config,
}: {
  readonly config: Pick<Workbench, 'registry' | 'registries'>;
}): readonly RegistryDeclaration[] {
  const { registry, registries = {} } = config;
  const declared: RegistryDeclaration[] = [];
  if (registry !== undefined && registry.type !== 'local') declared.push({ name: registry.type, settings: registry });
  for (const [name, settings] of Object.entries(registries)) {
    if (settings.type !== 'local') declared.push({ name, settings });
  }
  return declared;
}

/** From where each registry is read: one that comes to mean another server must not show what the one before holds. */
export function addressesOf(declared: readonly RegistryDeclaration[]): DeclaredAddress[] {
  return declared.map(({ name, settings }) => ({ name, address: `${settings.type} ${settings.url}` }));
}
