// The main job on a fresh machine: builds the command line, runs the sample benchmark on the embedded models, writes the report.
import { runNode } from './node.mjs';

runNode('scripts/build.mjs');
runNode('dist/aiwb.mjs', 'run', 'examples/triage.bench.yaml', '--html', 'examples/reports/ticket-triage.html');
console.log(`
Open it all in VS Code:  npm run package && code --install-extension dist/ai-workbench.vsix && code examples
Then open the AI Workbench view in the activity bar: this run is already there.`);
