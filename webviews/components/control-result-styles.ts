import { css } from 'lit';

export const controlResultStyles = css`
  summary {
    display: flex;
    gap: 8px;
    align-items: flex-start;
    padding: 6px 4px;
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  summary:hover {
    background: var(--aiwb-hover);
  }
  summary > .icon,
  .chevron {
    flex: none;
    margin-top: 2px;
    line-height: 16px;
  }
  .chevron .icon {
    display: block;
    color: var(--vscode-descriptionForeground);
  }
  details[open] > summary .chevron .icon {
    transform: rotate(90deg);
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
  .title {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .title code {
    font-weight: 600;
    margin-inline-end: 4px;
  }
  .tags {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0 8px;
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
  .outcome {
    white-space: nowrap;
  }
  .reason {
    display: block;
    overflow-wrap: anywhere;
  }
  .body {
    display: flex;
    flex-direction: column;
    gap: 6px;
    padding: 0 4px 12px 52px;
  }
  .facts {
    display: grid;
    grid-template-columns: 12ch minmax(0, 1fr);
    gap: 2px 16px;
    overflow-wrap: anywhere;
  }
  .facts dt {
    color: var(--vscode-descriptionForeground);
  }
  @media (max-width: 480px) {
    .body {
      padding-inline-start: 12px;
    }
    .facts {
      grid-template-columns: minmax(0, 1fr);
    }
    .facts dd + dt {
      margin-top: 4px;
    }
  }
  @media print {
    .chevron {
      display: none;
    }
    summary {
      break-after: avoid;
    }
    .body {
      padding-inline-start: 28px;
    }
  }
`;
