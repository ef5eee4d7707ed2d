import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './measure.ts';

/** Has a real VS Code show a notebook output of a run with 1,000,000 samples, and scroll, sort and search them. */
export function benchNotebook(): void {
  const scenario = path.join(root, 'test/bench/notebook-scenario.ts');
  const args = [path.join(root, 'test/host/run.mjs'), '--scenario', scenario, '--timeout', '900'];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const lines = result.stdout.split('\n').filter(text => text.includes('Notebook: '));
  if (result.status !== 0 || lines.length === 0)
    throw new Error(`No figures came of it: ${result.stdout}${result.stderr}`);
  console.log(
    'A notebook output of a run with 1,000,000 samples, in a real VS Code (promise: painted in 300 ms, no blank frame):',
  );
  for (const line of lines) console.log(`  ${line.replace(/^.*Notebook: /, '')}`);
}
