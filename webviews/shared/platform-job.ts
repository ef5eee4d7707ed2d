import type { PlatformJob, RunSummary } from '../../schemas/generated/messages.ts';
import { formatDate, formatDuration, formatValue } from './format.ts';
import { showUnseen } from './text.ts';
import { isActive } from './words.ts';

const platformNames: Readonly<Record<PlatformJob['type'], string>> = {
  local: 'this machine',
  openai: 'a service with the OpenAI API',
  runpod: 'RunPod',
  denvr: 'Denvr',
  'azure-ml': 'Azure ML',
  ray: 'Ray',
};

/** The platform's job as a reader wants it told: what it is waiting for, or doing, and what it costs by now. */
export function jobSentence(job: PlatformJob, run: RunSummary, now: number): string {
  const phase = run.progress.phase === undefined ? stateWords(job) : showUnseen(run.progress.phase).replace(/\.$/, '');
  const spent = spentBy(job, run, now);
  return `${phase}${spent === undefined ? '' : `; ${formatValue(spent, 'USD')} ${isActive(run.state) ? 'so far' : 'in all'}`}.`;
}

function stateWords({ type, state }: PlatformJob): string {
  const name = platformNames[type];
  if (state === 'intended') return `Asking ${name} for it`;
  return state === 'created' ? `Under way on ${name}` : `Ended on ${name}`;
}

/** What the platform says it charged; else the price of the time since the machine was asked for, with earlier machines'. */
export function spentBy(job: PlatformJob, run: RunSummary, now: number): number | undefined {
  const { hourlyPrice, createdAt, endedAt, spent = 0 } = job;
  if (run.progress.cost !== undefined) return run.progress.cost;
  if (hourlyPrice === undefined || createdAt === undefined) return job.spent;
  return spent + (Math.max(0, (endedAt ?? now) - createdAt) / 3_600_000) * hourlyPrice;
}

/** Where it runs, under which name, and for how long. */
export function jobFacts(job: PlatformJob): readonly (readonly [name: string, value: string])[] {
  const { platform, type, id, tag, raw, hardware, hourlyPrice, createdAt, startedAt, endedAt, others = [] } = job;
  const optional: (readonly [string, string | undefined])[] = [
    ['Hardware', hardware],
    ['Price of an hour', hourlyPrice === undefined ? undefined : formatValue(hourlyPrice, 'USD')],
    ['Id on the platform', id],
    ['The platform’s own word', raw],
    ['Asked for', createdAt === undefined ? undefined : formatDate(createdAt)],
    [
      'Waited until training began',
      createdAt === undefined || startedAt === undefined ? undefined : formatDuration((startedAt - createdAt) / 1000),
    ],
    ['Ended', endedAt === undefined ? undefined : formatDate(endedAt)],
    ['Made beside it', others.length === 0 ? undefined : others.join(', ')],
  ];
  return [
    ['Platform', `${platform}, ${platformNames[type]}`],
    ...optional.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ['Tag', tag],
  ];
}
