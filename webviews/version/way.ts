import { css, html, nothing, type TemplateResult } from 'lit';
import type { VersionDetails } from '../../schemas/generated/messages.ts';
import { identityName, identityWords, policyGateWords, type Look } from '../shared/governance-words.ts';
import { formatDate, isoDate } from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import type { Tone } from '../shared/words.ts';
import { scoreWords } from './assessment-table.ts';
import type { SendAction, VersionAction } from './header.ts';
import { nextStep } from './next-step.ts';

export const wayStyles = css`
  .reason {
    margin-bottom: 8px;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .way {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .way > li {
    position: relative;
    display: flex;
    gap: 8px;
    padding: 2px 0 6px;
    overflow-wrap: anywhere;
  }
  .way > li > .icon {
    z-index: 1;
    margin-top: 2px;
    background: var(--aiwb-surface);
  }
  .way > li:not(:last-child)::before {
    content: '';
    position: absolute;
    inset-inline-start: 7.5px;
    top: 18px;
    bottom: -4px;
    border-inline-start: 1px solid var(--aiwb-line-strong);
  }
  .stage {
    font-weight: 600;
    margin-inline-end: 8px;
  }
  .back {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin: 4px 0 0;
  }
  .detail {
    color: var(--vscode-descriptionForeground);
  }
`;

interface Stage {
  readonly name: string;
  readonly icon: IconName;
  readonly tone: Tone;
  /** What a screen reader hears beside the name. */
  readonly standing: string;
  readonly detail: unknown;
}

/** The five stages from candidate to production: which are reached, by whom and when, and what the next one waits for. */
export function renderWay(details: VersionDetails, send: SendAction): TemplateResult {
  const { reason } = nextStep(details);
  const stages = stagesOf(details);
  const current = stages.findIndex(({ standing }) => standing !== 'done');
  return html`<p class="reason">${reason}</p>
    <ol class="way">
      ${stages.map(
        (stage, index) =>
          html`<li class="tone-${stage.tone}" aria-current=${index === current ? 'step' : nothing}>
            ${icon(stage.icon)}
            <div>
              <span class="stage">${stage.name}</span><span class="unseen">, ${stage.standing}</span>
              ${index === current ? html`<span class="tag">next</span>` : nothing}
              <span class="detail">${stage.detail}</span>
            </div>
          </li>`,
      )}
    </ol>
    ${renderBack(details, send)}`;
}

/** What leads back, and what was signed: quieter than the next step. */
function renderBack({ version }: VersionDetails, send: SendAction): unknown {
  const { status } = version;
  if (version.registry !== undefined || status === 'untracked' || version.state === 'ARCHIVED') return nothing;
  const wasPromoted = status === 'production' || status === 'retired';
  const actions: (readonly [string, VersionAction['command']])[] = [
    ...(status === 'production'
      ? ([
          ['Roll back…', 'rollBack'],
          ['Demote…', 'demote'],
        ] as const)
      : []),
    ...(status === 'revoked' ? [] : ([['Revoke…', 'revoke']] as const)),
    ...(wasPromoted ? ([['Export promotion record…', 'exportPromotion']] as const) : []),
  ];
  if (actions.length === 0) return nothing;
  return html`<p class="back">
    ${actions.map(
      ([label, command]) =>
        html`<button type="button" class="link" @click=${() => send({ command })}>${label}</button>`,
    )}
  </p>`;
}

function stagesOf(details: VersionDetails): readonly Stage[] {
  const { version, baseline } = details;
  if (version.status === 'revoked') {
    return [
      done('Registered', html`${when(version.createdAt)} by ${identityWords(version.author)}`),
      { name: 'Revoked', icon: 'slash', tone: 'bad', standing: 'for good', detail: 'It may not be used any more.' },
    ];
  }
  return [
    done('Registered', html`${when(version.createdAt)} by ${identityWords(version.author)}`),
    assessedStage(details),
    approvedStage(details),
    baseline === undefined
      ? ahead('Baseline locked', 'What it is and what it measured, never to be changed.')
      : done(
          'Baseline locked',
          html`${when(baseline.lockedAt)} by ${identityWords(baseline.lockedBy)}, digest
            <code title=${baseline.digest}>${shortDigest(baseline.digest)}</code>`,
        ),
    version.status === 'production'
      ? done('In production', 'The alias production points to it.')
      : ahead(
          'In production',
          version.status === 'retired'
            ? 'It was; another version took its place.'
            : 'The alias production moves to it.',
        ),
  ];
}

function assessedStage({ assessments }: VersionDetails): Stage {
  const [newest] = assessments;
  if (newest === undefined) return ahead('Assessed', 'Against every policy that applies.');
  const look: Look = policyGateWords(newest.gate);
  return {
    name: 'Assessed',
    icon: look.icon,
    tone: look.tone,
    standing: newest.gate === 'passed' ? 'done' : 'not passed',
    detail: html`gate ${look.text.toLowerCase()}, ${scoreWords(newest)}, ${when(newest.assessedAt)} by
    ${identityName(newest.assessor)}`,
  };
}

function approvedStage({ approval }: VersionDetails): Stage {
  const detail = showUnseen(approval.sentence);
  const comment = approval.approvalComment ?? approval.requestComment;
  const withComment = html`${detail}${comment === undefined ? nothing : html` “${showUnseen(comment)}”`}`;
  switch (approval.state) {
    case 'approved':
      return done('Approved', withComment);
    case 'requested':
      return { name: 'Approved', icon: 'clock', tone: 'warn', standing: 'asked for', detail: withComment };
    case 'void':
      return { name: 'Approved', icon: 'warning', tone: 'warn', standing: 'void', detail: withComment };
    case 'none':
      return ahead('Approved', detail);
  }
}

function done(name: string, detail: unknown): Stage {
  return { name, icon: 'pass', tone: 'good', standing: 'done', detail };
}

function ahead(name: string, detail: unknown): Stage {
  return { name, icon: 'absent', tone: 'neutral', standing: 'ahead', detail };
}

function when(milliseconds: number) {
  return html`<time datetime=${isoDate(milliseconds)}>${formatDate(milliseconds)}</time>`;
}
