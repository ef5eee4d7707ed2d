import { css, html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import type { LineageGraph, LineageNode } from '../../schemas/generated/messages.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import { layOutLineage, nodeHeight, nodeWidth, type PlacedNode } from './lineage-layout.ts';

const kindWords: Record<LineageNode['kind'], string> = {
  dataset: 'Dataset',
  prompt: 'Prompt',
  run: 'Run',
  'tuning-job': 'Tuning job',
  'base-model': 'Base model',
  policy: 'Policy',
  assessment: 'Assessment',
  version: 'Version',
  'registry-version': 'Version elsewhere',
};

type Open = NonNullable<LineageNode['open']>;

/**
 * What led to a version and what came of it, as a picture to walk through by Tab and open by Enter, and as a table. Fires `open-node`
 * with what a node opens.
 */
export class LineageGraphPicture extends LitElement {
  static override properties = { graph: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .picture {
        overflow: auto;
        max-height: 70vh;
        margin-bottom: 8px;
      }
      .drawing {
        position: relative;
      }
      svg {
        position: absolute;
        inset: 0;
      }
      path {
        fill: none;
        stroke: var(--vscode-descriptionForeground);
        stroke-width: 1;
        opacity: 0.7;
      }
      .head {
        fill: var(--vscode-descriptionForeground);
        stroke: none;
      }
      .node {
        position: absolute;
        overflow: hidden;
        padding: 4px 8px;
        border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-descriptionForeground)));
        border-radius: 3px;
        background: var(--vscode-editor-background);
        color: var(--vscode-foreground);
        font: inherit;
        line-height: 1.3;
        text-align: start;
      }
      button.node {
        cursor: pointer;
      }
      button.node .label {
        color: var(--vscode-textLink-foreground);
      }
      .node[aria-current] {
        border-width: 2px;
        border-color: var(--vscode-focusBorder);
      }
      .node > span {
        display: block;
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
      }
      .kind,
      .detail {
        color: var(--vscode-descriptionForeground);
        font-size: 0.85em;
      }
      details {
        margin-bottom: 12px;
      }
    `,
  ];
  declare graph: LineageGraph | undefined;

  override render() {
    const { graph } = this;
    if (graph === undefined) return nothing;
    const layout = layOutLineage(graph);
    // As a property: the page's content security policy refuses style attributes.
    const size = `width:${layout.width}px;height:${layout.height}px`;
    return html`<div class="picture" tabindex="0" role="region" aria-label="Picture of the lineage">
        <div class="drawing" .style=${size}>
          <svg width=${layout.width} height=${layout.height} aria-hidden="true">
            <defs>
              <marker id="head" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="7" markerHeight="7" orient="auto">
                <path class="head" d="M0 0 L6 3 L0 6 z"></path>
              </marker>
            </defs>
            ${layout.edges.map(({ path, role }) => svg`<path d=${path} marker-end="url(#head)"><title>${showUnseen(role)}</title></path>`)}
          </svg>
          ${layout.nodes.map(placed => this.#renderNode(placed, isSubject(placed.node, graph)))}
        </div>
      </div>
      <details>
        <summary>Lineage as a table</summary>
        ${this.#renderTable(graph)}
      </details>`;
  }

  #renderNode({ node, x, y }: PlacedNode, isCurrent: boolean): TemplateResult {
    const { kind, label, detail, digest, open } = node;
    const place = `left:${x}px;top:${y}px;width:${nodeWidth}px;height:${nodeHeight}px`;
    const title = [label, detail, digest === undefined ? undefined : `sha256 ${digest}`]
      .filter(part => part !== undefined)
      .map(showUnseen)
      .join('\n');
    const texts = html`<span class="kind">${kindWords[kind]}</span>
      <span class="label" dir="auto">${showUnseen(label)}</span>
      <span class="detail" dir="auto">${detail === undefined ? shortDigest(digest) : showUnseen(detail)}</span>`;
    if (open === undefined || isCurrent)
      return html`<div class="node" aria-current=${isCurrent ? 'true' : nothing} title=${title} .style=${place}>
        ${texts}
      </div>`;
    return html`<button type="button" class="node" title=${title} .style=${place} @click=${() => this.#open(open)}>
      ${texts}
    </button>`;
  }

  #renderTable({ nodes, edges }: LineageGraph): TemplateResult {
    const labels = new Map(nodes.map(({ id, label }) => [id, label]));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Lineage as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Name</th>
            <th scope="col">Details</th>
            <th scope="col">Digest</th>
            <th scope="col">Comes from</th>
          </tr>
        </thead>
        <tbody>
          ${nodes.map(({ id, kind, label, detail, digest, open }) => {
            const from = edges.filter(({ to }) => to === id).map(edge => showUnseen(labels.get(edge.from) ?? ''));
            const name = breakable(showUnseen(label));
            return html`<tr>
              <td class="word">${kindWords[kind]}</td>
              <th scope="row" class="name" dir="auto">
                ${open === undefined ? name : html`<button type="button" class="link" @click=${() => this.#open(open)}>${name}</button>`}
              </th>
              <td dir="auto">${detail === undefined ? '–' : showUnseen(detail)}</td>
              <td title=${digest ?? nothing}><code>${shortDigest(digest)}</code></td>
              <td dir="auto">${from.length === 0 ? '–' : from.join(', ')}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  #open(open: Open): void {
    this.dispatchEvent(new CustomEvent<Open>('open-node', { detail: open }));
  }
}

function isSubject({ kind, open }: LineageNode, { version }: LineageGraph): boolean {
  const isVersion = kind === 'version' || kind === 'registry-version';
  return isVersion && open?.id === version.model && open.version === version.version;
}

defineElement('aiwb-lineage-graph', LineageGraphPicture);
