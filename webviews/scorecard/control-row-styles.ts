import { css } from 'lit';

export const controlRowStyles = css`
  .row {
    position: relative;
    display: flex;
    gap: 8px;
    padding: 6px 8px;
    border-inline-start: 2px solid transparent;
  }
  .row + .row,
  .chunk + .chunk > .row:first-child {
    border-top: 1px solid var(--aiwb-line);
  }
  .row:hover {
    background: var(--aiwb-hover);
  }
  .row.selected {
    border-inline-start-color: var(--vscode-focusBorder);
    background: var(--aiwb-hover);
  }
  .row > .icon {
    margin-top: 2px;
  }
  .words {
    flex: 1;
    min-width: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    justify-content: space-between;
  }
  button.open {
    flex: 1 1 240px;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  button.open::after {
    content: '';
    position: absolute;
    inset: 0;
  }
  button.open:focus-visible {
    outline: none;
  }
  button.open:focus-visible::after {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  button.open code {
    font-weight: 600;
    margin-inline-end: 4px;
  }
  .tags {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 2px 8px;
    align-items: center;
  }
  .tag {
    padding: 0 5px;
    border: 1px solid var(--aiwb-line-strong);
    border-radius: 3px;
    font-size: 0.8em;
    line-height: 1.4;
    white-space: nowrap;
    color: var(--vscode-descriptionForeground);
  }
  .tag.strong {
    color: var(--vscode-foreground);
    font-weight: 600;
  }
  .tag.stale {
    color: var(--vscode-foreground);
  }
  .tag .icon {
    width: 11px;
    height: 11px;
    vertical-align: -1px;
  }
  .outcome {
    min-width: 13ch;
    white-space: nowrap;
  }
  .reason,
  .line {
    overflow-wrap: anywhere;
  }
  .line {
    display: grid;
    grid-template-columns: 12ch minmax(0, 1fr);
    gap: 0 12px;
  }
  .term {
    color: var(--vscode-descriptionForeground);
  }
  .figure {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    align-items: flex-start;
    gap: 0 24px;
    font-variant-numeric: tabular-nums;
  }
  .figure .plot {
    order: 2;
    margin-top: 4px;
  }
  .figure > .line {
    flex: 1 1 260px;
  }
  .actual {
    font-weight: 600;
  }
  .row aiwb-evidence,
  .row aiwb-control-detail {
    position: relative;
    z-index: 1;
  }
  .row aiwb-evidence {
    justify-self: start;
  }
  .row aiwb-control-detail {
    margin-top: 8px;
    cursor: auto;
  }
  @media (max-width: 480px) {
    .row {
      padding-inline: 4px;
    }
    .line {
      grid-template-columns: minmax(0, 1fr);
      margin-top: 4px;
    }
    .outcome {
      min-width: 0;
    }
    .figure > .line {
      flex-basis: 100%;
    }
  }
  @media print {
    .row {
      padding-inline: 0;
      border-inline-start: none;
    }
    .head,
    .reason {
      break-after: avoid;
    }
  }
`;
