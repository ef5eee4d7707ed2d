import type { Store } from '../ports/store.ts';
import type { Registries } from '../registry/registries.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RunPorts } from './ports.ts';

/** What resolving registered versions looks at. */
export interface ResolveContext {
  readonly store: Store;
  readonly workspace: Workspace;
  readonly registries: Registries;
  readonly ports: Pick<RunPorts, 'clock' | 'digest' | 'files' | 'findJobResult'>;
  /** False: no registry elsewhere is asked; what was read of it last has to do. */
  readonly asks: boolean;
}
