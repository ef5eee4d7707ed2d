import { encodeBase64 } from '../../base/base64.ts';
import type { MachineAddresses } from './sync.ts';
import type { Machines } from './machine.ts';
import { bootstrapProgram } from './bootstrap-program.ts';

export interface BootstrapSettings {
  readonly addresses: MachineAddresses;
  /** Seconds after which the machine ends itself. */
  readonly lifetime: number;
  /** Install the trainer's requirements where the machine's Python lacks them. */
  readonly install: boolean;
  /** The machine's own Python. */
  readonly python: string;
  readonly type: Machines['type'];
}

export interface Bootstrap {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How the machine ends once its job has: `exit` where the platform ends what has exited; `remove` where it would start it again, so that it
 * removes itself by what the platform has given it; `stay` where it cannot end itself, and must not start over.
 */
const endings: Readonly<Record<Machines['type'], 'exit' | 'remove' | 'stay'>> = {
  'azure-ml': 'exit',
  ray: 'exit',
  runpod: 'remove',
  denvr: 'stay',
};

/**
 * What a machine is started with: Python alone, with a program of the standard library in its environment, which fetches the trainer, sees to
 * its requirements and runs it. The program is in base64 and the argument has no blanks, so that platforms which take lines of text, or names and values of one line, understand them.
 */
export function createBootstrap({ addresses, lifetime, install, python, type }: BootstrapSettings): Bootstrap {
  return {
    argv: [python, '-c', 'exec(__import__("base64").b64decode(__import__("os").environ["AIWB_BOOTSTRAP"]))'],
    env: {
      AIWB_BOOTSTRAP: encodeBase64(new TextEncoder().encode(bootstrapProgram)),
      AIWB_SYNC: JSON.stringify(addresses.sync),
      AIWB_TRAINER: JSON.stringify(addresses.trainer),
      AIWB_LIFETIME: String(Math.floor(lifetime)),
      AIWB_INSTALL: install ? '1' : '0',
      AIWB_ENDING: endings[type],
    },
  };
}
