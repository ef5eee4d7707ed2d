import { cpus } from 'node:os';
import type { Usage } from '../../engine/ports/usage.ts';

/** What this process uses, as Node tells it. */
export function createUsage(): Usage {
  return {
    read() {
      const { user, system } = process.cpuUsage();
      // Node gives the largest resident set in kilobytes on every platform: https://nodejs.org/api/process.html#processresourceusage
      return { cpuSeconds: (user + system) / 1e6, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 };
    },
    hardware: describeHardware(),
  };
}

function describeHardware(): string {
  const all = cpus();
  const model = all[0]?.model.replace(/\s+/g, ' ').trim() ?? '';
  return `${all.length} × ${model === '' ? 'processor' : model} (${process.platform} ${process.arch})`;
}
