import type { Identity, ModelVersion, VersionStatus } from '../../schemas/generated/messages.ts';
import { requireApproval } from '../promotion/approved.ts';
import { makersOf, requireAnotherPerson } from '../promotion/trust.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { guardedAliases, type LocalVersion } from '../ports/registry.ts';
import { isBehind } from '../registry/status.ts';

const guarded: ReadonlySet<VersionStatus> = new Set<VersionStatus>(['approved', 'baseline', 'production']);

/** What is to change in another registry for a version to stand there as it stands here. */
export interface StandingPlan {
  /** Absent where it stays. */
  readonly status?: VersionStatus;
  /** Aliases to move to the version. */
  readonly aliases: readonly string[];
  /** Aliases to take from it. */
  readonly dropped: readonly string[];
  /** Whether any of that says that somebody approved the version. */
  readonly approves: boolean;
  readonly note?: string;
}

/** How a version stands there. */
export interface Standing {
  readonly version: Pick<ModelVersion, 'version' | 'status'>;
  /** Of its model. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Where it stood when it was last published from here; absent where it never was. */
  readonly published?: VersionStatus;
}

/**
 * Publishing again moves a status forward and never back: somebody there may have decided since. A step that was taken here
 * (`step`) moves it back too, as long as it stands there as it was published from here. What was revoked stays revoked.
 */
export function planStanding(
  local: Pick<LocalVersion, 'model' | 'status' | 'aliases'>,
  there: Standing | undefined,
  step: boolean,
): StandingPlan {
  const current = there?.version.status;
  const isAhead = current !== undefined && isBehind(local.status, current);
  const isOurs = step && current === there?.published && current !== 'revoked';
  const stays = isAhead && !isOurs;
  const status = current === local.status || local.status === 'untracked' || stays ? undefined : local.status;
  const own = there === undefined ? [] : aliasesOf(there);
  const aliases = local.aliases.filter(alias => !own.includes(alias) && !(stays && guardedAliases.includes(alias)));
  const lost = own.filter(alias => !local.aliases.includes(alias));
  const dropped =
    status === undefined ? [] : lost.filter(alias => status === 'revoked' || guardedAliases.includes(alias));
  return {
    ...(status === undefined ? {} : { status }),
    aliases,
    dropped,
    approves: aliases.some(alias => guardedAliases.includes(alias)) || (status !== undefined && guarded.has(status)),
    ...(stays ? { note: `It is ${current} there and stays that; here it is ${local.status}.` } : {}),
  };
}

function aliasesOf({ version, aliases }: Standing): readonly string[] {
  return Object.entries(aliases).flatMap(([alias, at]) => (at === version.version ? [alias] : []));
}

/**
 * Who approved a version, once that shows to count. Throws `approval-missing`, `record-tampered`, `gate-not-met` where it does not,
 * and `separation-of-duties` where whoever publishes could not have approved it. A step's status was somebody's own to take and is
 * passed on by anybody (`publisher` absent).
 */
export async function requirePublishable(
  version: LocalVersion,
  publisher: Identity | undefined,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Identity> {
  const { assessment, grant } = await requireApproval(version, ports, signal);
  if (publisher !== undefined) {
    const roles = [...makersOf(version, assessment.content), ['assessor', assessment.content.assessor]] as const;
    requireAnotherPerson(publisher, roles, version, `publish it as ${version.status}`);
  }
  return grant.content.approvedBy;
}
