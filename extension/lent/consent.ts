import type { LentConsent, LentUse } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { Memory } from '../base/memory.ts';

const key = 'aiwb.lentRuns';
/** Runs that are remembered; an older one that is still waiting is asked about once more. */
const remembered = 50;

/** Who may use VS Code's own models. */
export interface LentConsents {
  /** Whether this run may: asked once for each run. */
  ask(request: LentConsent): Promise<boolean>;
  /** Remembers the run that was agreed to before it had an id. */
  agreed(runId: string): void;
}

/** @param confirm asks the person; false when dismissed. */
export function createLentConsents(
  memory: Memory,
  confirm: (question: string, detail: string) => Promise<boolean>,
): LentConsents {
  const asking = new Map<string, Promise<boolean>>();
  const known = (): string[] => memory.get<string[]>(key, []);

  function agreed(runId: string): void {
    void memory.update(key, [runId, ...known().filter(id => id !== runId)].slice(0, remembered));
  }

  async function ask(request: LentConsent): Promise<boolean> {
    const { runId } = request;
    if (runId === undefined) return await confirm(questionOf(request), detailOf(request));
    if (known().includes(runId)) return true;
    const question =
      asking.get(runId) ??
      confirm(questionOf(request), detailOf(request)).then(allowed => {
        if (allowed) agreed(runId);
        return allowed;
      });
    asking.set(runId, question);
    return await question;
  }

  return { ask, agreed };
}

function questionOf({ run, models }: LentConsent): string {
  return t("Let {0} use VS Code's {1}?", run, models.map(nameOf).join(', '));
}

function detailOf({ models }: LentConsent): string {
  const counts = models.map(use =>
    use.requests === undefined
      ? t('{0}: an unknown number of requests', nameOf(use))
      : t('{0}: at least {1} requests', nameOf(use), use.requests),
  );
  return [
    ...counts,
    t(
      "They count against your editor's own quota, and the provider may limit or bill them. Neither latency nor cost is measured.",
    ),
    t('The run waits when no window of this workspace is open.'),
  ].join('\n\n');
}

function nameOf({ vendor, family }: LentUse): string {
  return vendor === undefined ? family : `${vendor}/${family}`;
}
