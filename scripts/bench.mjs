// Measures speed and memory as ratios: `npm run bench -- [throughput] [memory] [lag] [report] [activation] [text] [lsp] [notebook] [registry] [governance] [--peer promptfoo]`.
import process from 'node:process';
import { runNode } from './node.mjs';

runNode('scripts/build.mjs', '--production');
runNode('test/bench/main.ts', ...process.argv.slice(2));
