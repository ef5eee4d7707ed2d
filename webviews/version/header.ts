import { html, nothing, type TemplateResult } from 'lit';
import type { VersionCommand, VersionDetails, VersionSource } from '../../schemas/generated/messages.ts';
import { pageHeader, type HeaderButton } from '../components/page-header.ts';
import { countOf, formatDate, isoDate } from '../shared/format.ts';
import { identityName } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { statusWords, versionName } from '../shared/registry-words.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import { nextStep } from './next-step.ts';
import { isElsewhere } from './source.ts';

export type VersionAction = Pick<VersionCommand, 'command' | 'assessmentId' | 'runId' | 'path'>;
export type SendAction = (action: VersionAction) => void;

/** A version's name, status and aliases; the next step as the primary button, then whatever else can be done. */
export function versionHeader(
  details: VersionDetails,
  source: VersionSource | undefined,
  send: SendAction,
): TemplateResult {
  const { version } = details;
  const { text, icon: name, tone } = statusWords(version);
  const facts = html`<span class="state tone-${tone}">${icon(name)} ${text}</span>
    ${version.aliases.length === 0 ? nothing : html`<span class="aliases">${version.aliases.map(alias => html`<span class="tag" dir="auto">${showUnseen(alias)}</span>`)}</span>`}
    <span
      ><time datetime=${isoDate(version.createdAt)}>${formatDate(version.createdAt)}</time> by
      ${identityName(version.author)}</span
    >
    ${version.weightsDigest === undefined ? nothing : html`<span title=${version.weightsDigest}>weights <code>${shortDigest(version.weightsDigest)}</code></span>`}
    ${details.cachedAt === undefined ? nothing : html`<span class="state tone-warn">${icon('warning')} read ${formatDate(details.cachedAt)}</span>`}`;
  const buttons = isElsewhere(details) ? elsewhereButtons(source, send) : versionButtons(details, send);
  return pageHeader(versionName(version), facts, buttons);
}

/** Several versions side by side. */
export function comparisonHeader(versions: readonly VersionDetails[]): TemplateResult {
  const models = [...new Set(versions.map(({ version }) => showUnseen(version.model)))];
  const title =
    models.length > 2 ? `${models[0] ?? ''} and ${countOf(models.length - 1, 'other')}` : models.join(' and ');
  return pageHeader(title, html`<span>Comparison of ${countOf(versions.length, 'version')}</span>`, []);
}

/** What can be done with a version of another registry. Whatever its registry cannot do is not offered. */
function elsewhereButtons(source: VersionSource | undefined, send: SendAction): readonly HeaderButton[] {
  const button = (label: string, command: VersionAction['command'], isPrimary = false): HeaderButton => ({
    label,
    press: () => send({ command }),
    isPrimary,
  });
  return [
    button('Pull…', 'pull', true),
    ...(source?.url === undefined ? [] : [button('Open in Registry', 'openInRegistry')]),
    ...(source === undefined || source.registry.readOnly === true ? [] : [button('Set Alias…', 'setAlias')]),
    button('Copy Name', 'copyModelName'),
  ];
}

function versionButtons(details: VersionDetails, send: SendAction): readonly HeaderButton[] {
  const { version, assessments } = details;
  const next = nextStep(details);
  const { runId } = version.lineage;
  const [newest] = assessments;
  const button = (label: string, action: VersionAction, isPrimary = false): HeaderButton => ({
    label,
    press: () => send(action),
    isPrimary,
  });
  return [
    ...(next.command === undefined || next.label === undefined
      ? []
      : [button(next.label, { command: next.command }, true)]),
    ...(next.command === 'assess' || version.state === 'ARCHIVED' || version.status === 'revoked'
      ? []
      : [button(newest === undefined ? 'Assess…' : 'Assess Again…', { command: 'assess' })]),
    ...(newest === undefined ? [] : [button('Open Scorecard', { command: 'openScorecard', assessmentId: newest.id })]),
    ...(version.state === 'ARCHIVED' || version.status === 'revoked'
      ? []
      : [button('Set Alias…', { command: 'setAlias' })]),
    button('Open Model Card', { command: 'openCard' }),
    ...(runId === undefined ? [] : [button('Open Run', { command: 'openRun', runId })]),
    button('Copy Name', { command: 'copyModelName' }),
  ];
}
