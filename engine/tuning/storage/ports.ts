import type { Quarantine } from '../../ports/quarantine.ts';
import type { RunPorts } from '../../runs/ports.ts';

/** What storages need of the outside. */
export interface StoragePorts extends Pick<
  RunPorts,
  'files' | 'clock' | 'digest' | 'secrets' | 'createHttp' | 'networkFor' | 'random'
> {
  /** Removes and walks through folders. */
  readonly quarantine: Quarantine;
}
