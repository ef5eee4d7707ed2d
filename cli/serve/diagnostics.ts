import process from 'node:process';
import type { PlainText } from '../../schemas/generated/messages.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { redact } from '../../platform/secrets/redact.ts';
import { version } from '../version.ts';
import { readRunLog } from './run-methods.ts';
import type { Session } from './session.ts';

const recentRuns = 5;

/** Facts for a fault report: versions, the store, the latest runs and their logs. No row, answer or key is in it. */
export async function collectDiagnostics(session: Session): Promise<PlainText> {
  const { node, platform, cpus } = describeHost();
  const facts = await session.store.facts();
  const runs = await session.store.listRuns({ limit: recentRuns });
  const sections = [
    `AI Workbench ${version}`,
    `Node ${node} on ${platform}, ${String(cpus)} processors, ${process.versions.modules} modules`,
    `SQLite ${facts.sqlite}, journal ${facts.journalMode}, store format ${String(facts.schemaVersion)}, ${String(facts.runs)} runs, ${String(facts.samples)} samples, ${String(facts.bytes)} bytes`,
    '',
    'Latest runs:',
    ...runs.map(
      run =>
        `- ${run.id} ${run.state} ${String(run.progress.done)}/${String(run.progress.total)} errors ${JSON.stringify(run.progress.errors)}${run.failure === undefined ? '' : ` ${run.failure.code}`}`,
    ),
  ];
  for (const { id } of runs) {
    const log = await readRunLog(id, session);
    sections.push('', `Log of ${id}:`, log.text.slice(-4000));
  }
  return { text: redact(sections.join('\n'), []) };
}
