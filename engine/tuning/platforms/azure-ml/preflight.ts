import type { AzureMlPlatform } from '../../../../schemas/generated/files.ts';
import type { PreflightFinding } from '../../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { JobBundle } from '../../platform.ts';
import { readCompute, readQuotas, type Compute } from './wire.ts';
import type { AzureWorkspace } from './workspace.ts';

/** What Azure tells about the workspace, its compute and the region's quota before a job is paid for. */
export async function checkWorkspace(
  workspace: AzureWorkspace,
  settings: AzureMlPlatform,
  bundle: JobBundle,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  try {
    const findings: PreflightFinding[] = [];
    const { status } = await workspace.send({ method: 'GET', path: '' }, signal, [404]);
    if (status === 404)
      return [
        {
          check: 'scope',
          level: 'error',
          message: `There is no workspace ${settings.workspace} in the resource group ${settings.resourceGroup}, or you may not see it.`,
          remedy: 'Check `subscription`, `resourceGroup` and `workspace` in workbench.yaml.',
        },
      ];
    findings.push({ check: 'credentials', level: 'ok', message: `You may read the workspace ${settings.workspace}.` });
    const name = computeName(settings, bundle);
    const answer = await workspace.send(
      { method: 'GET', path: `/computes/${encodeURIComponent(name)}` },
      signal,
      [404],
    );
    const compute = answer.status === 404 ? undefined : readCompute(answer.json);
    if (compute === undefined) {
      const message = `The workspace has no compute ${name}.`;
      return [
        ...findings,
        { check: 'availability', level: 'error', message, remedy: 'Check `compute`, or the job’s `hardware.cluster`.' },
      ];
    }
    findings.push(...judgeCompute(name, compute));
    const quota = await checkQuota(workspace, compute, signal);
    return quota === undefined ? findings : [...findings, quota];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof WorkbenchError)) throw error;
    const { code, message, remedy } = error;
    const isOurs = code === 'secret-missing' || code === 'secret-command-failed' || code === 'origin-not-allowed';
    const check = isOurs || code === 'platform-refused' ? 'credentials' : 'availability';
    return [{ check, level: 'error', message, ...(remedy === undefined ? {} : { remedy }) }];
  }
}

/** The compute target: what the job says goes before the platform's settings. An id's last part is its name. */
export function computeName(settings: AzureMlPlatform, { hardware }: JobBundle): string {
  const written = hardware?.cluster ?? settings.compute;
  return written.slice(written.lastIndexOf('/') + 1);
}

function judgeCompute(name: string, compute: Compute): PreflightFinding[] {
  const { type, provisioning, state, vmSize, nodes, isLowPriority } = compute;
  const what = `${name} (${vmSize ?? type})`;
  if (provisioning === 'Failed' || provisioning === 'Deleting')
    return [
      {
        check: 'availability',
        level: 'error',
        message: `The compute ${what} is ${provisioning.toLowerCase()}.`,
        remedy: 'See it in Azure ML studio.',
      },
    ];
  if (state !== undefined && state !== 'Running')
    return [
      {
        check: 'availability',
        level: 'error',
        message: `The compute ${what} is ${state.toLowerCase()}.`,
        remedy: 'Start it, or use a cluster, which starts by itself.',
      },
    ];
  const findings: PreflightFinding[] = [];
  if (nodes?.most === 0) {
    const message = `The cluster ${what} may have no nodes.`;
    findings.push({ check: 'availability', level: 'error', message, remedy: 'Raise its maximum number of nodes.' });
  } else if (nodes !== undefined && nodes.busy >= nodes.most) {
    const message = `All ${String(nodes.most)} nodes of ${what} are in use.`;
    findings.push({
      check: 'availability',
      level: 'warning',
      message,
      remedy: 'The job waits in the queue, at most until its boot deadline.',
    });
  } else {
    const free =
      nodes === undefined ? '' : `, ${String(nodes.most - nodes.busy)} of ${String(nodes.most)} nodes may be used`;
    findings.push({ check: 'availability', level: 'ok', message: `The compute ${what} takes jobs${free}.` });
  }
  if (isLowPriority) {
    const message = `The nodes of ${what} are of low priority: they may be taken away, and training goes on from its last saved state.`;
    findings.push({ check: 'availability', level: 'warning', message });
  }
  return findings;
}

/** Undefined where the quota of the size's family cannot be told. */
async function checkQuota(
  workspace: AzureWorkspace,
  { vmSize, location, nodes }: Compute,
  signal: AbortSignal,
): Promise<PreflightFinding | undefined> {
  if (vmSize === undefined || location === undefined || nodes === undefined || nodes.idle > 0) return undefined;
  const place = `/providers/Microsoft.MachineLearningServices/locations/${encodeURIComponent(location)}`;
  const sizes = await workspace.sendSubscription({ method: 'GET', path: `${place}/vmSizes` }, signal, [403, 404]);
  const usages = await workspace.sendSubscription({ method: 'GET', path: `${place}/usages` }, signal, [403, 404]);
  const size = readSizes(sizes.json).find(({ name }) => name.toLowerCase() === vmSize.toLowerCase());
  const quota = readQuotas(usages.json).find(({ family }) => family.toLowerCase() === size?.family.toLowerCase());
  if (size === undefined || quota === undefined) return undefined;
  const free = quota.limit - quota.used;
  const said = `${String(size.cores)} cores are needed and ${String(free)} of ${String(quota.limit)} of the family ${quota.family} are free in ${location}`;
  if (free >= size.cores) return { check: 'quota', level: 'ok', message: `${said}.` };
  return {
    check: 'quota',
    level: quota.limit < size.cores ? 'error' : 'warning',
    message: `${said}.`,
    remedy: 'Ask for more quota, or use a smaller size.',
  };
}

function readSizes(value: unknown): { readonly name: string; readonly family: string; readonly cores: number }[] {
  const { value: entries } = (value ?? {}) as { readonly value?: unknown };
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown) => {
    const { name, family, vCPUs } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof name !== 'string' || typeof family !== 'string' || typeof vCPUs !== 'number') return [];
    return [{ name, family, cores: vCPUs }];
  });
}
