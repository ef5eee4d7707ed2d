import type { AssessmentRecord, CheckResult } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { closestName } from '../base/suggest.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { readTrail } from '../promotion/trail.ts';
import { requireUnchanged } from '../promotion/trust.ts';
import type { PromotionStep } from '../promotion/step.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { nameOfVersion } from '../base/version-name.ts';

export interface DocumentStep extends Omit<PromotionStep, 'comment'> {
  /** Absent: the one control that has the check. */
  readonly control?: string;
  /** Id of the check. */
  readonly check: string;
}

/** A question that a version's newest assessment asks documents. */
export interface AskedCheck {
  readonly version: LocalVersion;
  /** The assessment that asks. */
  readonly assessment: AssessmentRecord;
  readonly control: string;
  readonly check: string;
  readonly question: string;
  /** In which role it must be answered or confirmed. */
  readonly role?: string;
  /** Names of the documents that may answer. */
  readonly documents?: readonly string[];
}

/**
 * What a document check of a version asks, as its newest assessment says. Throws `usage` where the version was not assessed or no such check
 * is asked, and `record-tampered`.
 */
export async function findAskedCheck(
  step: DocumentStep,
  ports: Pick<GovernancePorts, 'store' | 'digest' | 'signing'>,
  signal: AbortSignal,
): Promise<AskedCheck> {
  const { store } = ports;
  const version = await findLiveVersion(step, store, signal);
  const name = nameOfVersion(version);
  const { assessment } = await readTrail(version.model, version.version, store.ledger);
  if (assessment === undefined) {
    throw new WorkbenchError('usage', `${name} has not been assessed: nothing says what is asked.`, {
      remedy: `Assess it first: \`aiwb assess ${name} --policy FILE\`.`,
    });
  }
  await requireUnchanged({ assessment, request: undefined, grant: undefined }, ports, signal);
  const asked = assessment.content.controls.flatMap(control =>
    control.checks.filter(check => check.question !== undefined).map(check => ({ control: control.id, check })),
  );
  const found = asked.find(each => each.check.id === step.check && (step.control ?? each.control) === each.control);
  if (found === undefined)
    throw notAsked(
      step.check,
      name,
      asked.map(each => each.check),
    );
  const { question = '', role, documents } = found.check;
  return {
    version,
    assessment: assessment.content,
    control: found.control,
    check: found.check.id,
    question,
    ...(role === undefined ? {} : { role }),
    ...(documents === undefined ? {} : { documents }),
  };
}

function notAsked(id: string, name: string, checks: readonly CheckResult[]): WorkbenchError {
  const ids = checks.map(check => check.id);
  const closest = closestName(id, ids);
  const others = closest === undefined ? `It asks: ${ids.join(', ')}.` : `Did you mean "${closest}"?`;
  return new WorkbenchError('usage', `The newest assessment of ${name} has no document check "${id}".`, {
    remedy: ids.length === 0 ? 'Its policies ask documents nothing.' : others,
  });
}
