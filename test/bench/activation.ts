import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './measure.ts';

/** Has a real VS Code tell how long it took to load and activate the extension. */
export function benchActivation(): void {
  const scenario = path.join(root, 'test/bench/activation-scenario.ts');
  const result = spawnSync(process.execPath, [path.join(root, 'test/host/run.mjs'), '--scenario', scenario], {
    cwd: root,
    encoding: 'utf8',
  });
  const line = result.stdout.split('\n').find(text => text.includes('Activation:'));
  if (result.status !== 0 || line === undefined)
    throw new Error(`No figure came of it: ${result.stdout}${result.stderr}`);
  console.log(`${line.trim()}; promise: under 100 ms`);
}
