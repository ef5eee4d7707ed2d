// The main job on a fresh machine: builds the command line, runs the sample benchmark on the embedded models, writes the report.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Node 24 or newer is needed; this is ${process.versions.node}. Run it through npm, which brings its own: npm start`,
  );
  process.exit(2);
}
await import('./build.mjs');
const report = path.join('examples', 'reports', 'ticket-triage.html');
const result = spawnSync(
  process.execPath,
  [path.join(root, 'dist', 'aiwb.mjs'), 'run', path.join('examples', 'triage.bench.yaml'), '--html', report],
  { cwd: root, stdio: 'inherit' },
);
if (result.status !== 0) process.exit(result.status ?? 3);
console.log(`
Open it all in VS Code:  npm run package && code --install-extension dist/ai-workbench.vsix && code examples
Then open the AI Workbench view in the activity bar: this run is already there.`);
