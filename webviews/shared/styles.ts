import { css } from 'lit';

/** What every element of ours starts from: VS Code's type, focus ring, icons, and words for screen readers only. */
export const baseStyles = css`
  :host {
    display: block;
    color: var(--vscode-foreground);
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size, 13px);
    line-height: 1.5;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  h2 {
    font-size: 1.1em;
    font-weight: 600;
    margin-bottom: 8px;
  }
  h3 {
    font-size: 1em;
    font-weight: 600;
  }
  ul {
    list-style: none;
  }
  code,
  pre,
  .mono {
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: var(--vscode-editor-font-size, 12px);
  }
  a {
    color: var(--vscode-textLink-foreground);
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .muted {
    color: var(--vscode-descriptionForeground);
  }
  .icon {
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.2;
    stroke-linecap: round;
    stroke-linejoin: round;
    vertical-align: -3px;
  }
  .icon-spinner {
    animation: spin 1.2s linear infinite;
  }
  @keyframes spin {
    to {
      transform: rotate(360deg);
    }
  }
  .tone-good > .icon {
    color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
  }
  .tone-bad > .icon {
    color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
  }
  .tone-warn > .icon {
    color: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
  }
  .tone-busy > .icon {
    color: var(--vscode-progressBar-background);
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    .icon-spinner {
      animation: none;
    }
  }
  @media print {
    .no-print {
      display: none !important;
    }
  }
`;

/** Small buttons that sit in a line of text or a table. */
export const buttonStyles = css`
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: none;
    padding: 0;
    cursor: pointer;
    text-align: inherit;
  }
  button.link {
    color: var(--vscode-textLink-foreground);
  }
  button.link:hover {
    text-decoration: underline;
  }
  button.button {
    padding: 2px 10px;
    line-height: 18px;
    border: 1px solid var(--vscode-button-border, transparent);
    border-radius: 4px;
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
  }
  button.button:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  button.button:focus-visible {
    outline-offset: 1px;
  }
`;

/** Dense tables: sticky header and first column, numbers to the right in figures of one width. */
export const tableStyles = css`
  .scroll {
    overflow: auto;
    max-width: 100%;
    position: relative;
  }
  table {
    border-collapse: separate;
    border-spacing: 0;
    min-width: 100%;
  }
  caption {
    text-align: start;
    color: var(--vscode-descriptionForeground);
    padding-bottom: 4px;
  }
  caption > span {
    display: inline-block;
    position: sticky;
    inset-inline-start: 0;
    max-width: calc(100vw - var(--aiwb-inset, 56px));
  }
  th,
  td {
    padding: 4px 12px 4px 8px;
    text-align: start;
    vertical-align: baseline;
    font-weight: normal;
    border-bottom: 1px solid var(--aiwb-line);
  }
  th:first-child,
  td:first-child {
    padding-inline-start: 4px;
  }
  thead th {
    position: sticky;
    top: 0;
    z-index: 2;
    white-space: nowrap;
    vertical-align: bottom;
    font-weight: 600;
    background: var(--aiwb-surface);
    border-bottom-color: var(--aiwb-line-strong);
  }
  tbody th {
    position: sticky;
    inset-inline-start: 0;
    z-index: 1;
    background: var(--aiwb-surface);
  }
  thead th:first-child {
    inset-inline-start: 0;
    z-index: 3;
  }
  tbody tr:hover > * {
    background: var(--aiwb-hover);
  }
  .number {
    text-align: end;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .interval {
    display: block;
    font-size: 0.85em;
    font-weight: normal;
    color: var(--vscode-descriptionForeground);
  }
  .verdict {
    display: block;
    font-size: 0.85em;
    font-weight: normal;
  }
  .verdict > .icon {
    width: 12px;
    height: 12px;
    vertical-align: -2px;
  }
  .unit {
    font-weight: normal;
    color: var(--vscode-descriptionForeground);
  }
  .best {
    font-weight: 600;
  }
  .tag {
    display: inline-block;
    padding: 0 5px;
    border: 1px solid var(--aiwb-line-strong);
    border-radius: 3px;
    font-size: 0.8em;
    line-height: 1.4;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  .name {
    min-width: min(20ch, 34vw);
    max-width: min(38ch, 46vw);
    overflow-wrap: anywhere;
  }
  .word {
    white-space: nowrap;
  }
  @media print {
    .scroll {
      overflow: visible;
      height: auto !important;
      max-height: none !important;
    }
    table {
      min-width: 0 !important;
      font-size: 8.5px;
    }
    th,
    td {
      padding: 2px 4px;
    }
    thead th {
      white-space: normal;
    }
    .name {
      min-width: 0;
    }
    thead th,
    tbody th {
      position: static;
    }
    tr {
      break-inside: avoid;
    }
  }
  @media (forced-colors: active) {
    .best {
      text-decoration: underline;
    }
  }
`;

/** Derived colours, set once on the outermost element. The hover colour is made opaque for cells that stick. */
export const surfaceStyles = css`
  :host {
    --aiwb-surface: var(--vscode-editor-background);
    --aiwb-line: var(--vscode-editorWidget-border, var(--vscode-contrastBorder, rgb(128 128 128 / 25%)));
    --aiwb-line-strong: var(--vscode-contrastBorder, var(--vscode-widget-border, rgb(128 128 128 / 50%)));
    --aiwb-hover: linear-gradient(var(--vscode-list-hoverBackground), var(--vscode-list-hoverBackground))
      var(--aiwb-surface);
  }
`;
