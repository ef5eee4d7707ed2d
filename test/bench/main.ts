// npm run bench -- [throughput] [memory] [lag] [report] [activation] [text] [lsp] [notebook] [registry] [governance] [--peer promptfoo] [--rows N] [--rounds N]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchActivation } from './activation.ts';
import { benchGovernance } from './governance.ts';
import { benchLag } from './lag.ts';
import { benchLanguageServer } from './lsp.ts';
import { benchNotebook } from './notebook.ts';
import { benchRegistry } from './registry.ts';
import { benchRequests } from './registry-requests.ts';
import { benchReport } from './report.ts';
import { benchTextMetrics } from './text-metrics.ts';
import { benchMemory, benchPromptfoo, benchThroughput } from './throughput.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peer: { type: 'string' },
    rows: { type: 'string', default: '30000' },
    rounds: { type: 'string', default: '5' },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.rounds);
const wants = (name: string): boolean =>
  positionals.length === 0 ? values.peer === undefined : positionals.includes(name);

console.log(
  `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}; ratios are what to trust.`,
);
if (wants('throughput')) {
  await benchThroughput(rows, rounds, false);
  await benchThroughput(Math.ceil(rows / 2), rounds, true);
}
if (wants('memory')) await benchMemory([10_000, 100_000]);
if (wants('lag')) await benchLag();
if (wants('report')) await benchReport(1_000_000, rounds);
if (wants('activation')) benchActivation();
if (wants('lsp')) await benchLanguageServer(Math.max(60, rounds * 12));
if (wants('notebook')) benchNotebook();
if (wants('registry')) {
  await benchRequests(1000, 5);
  await benchRegistry(10_000, 5, rounds);
}
if (wants('governance')) await benchGovernance(50, 200, rounds);
if (wants('text')) await benchTextMetrics(100_000);
if (values.peer === 'promptfoo') await benchPromptfoo(Math.min(rows, 5000), Math.min(rounds, 3));
