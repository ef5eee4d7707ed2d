import { css } from 'lit';

/** What every output starts from: a column of parts under a line with its name and buttons. */
export const outputStyles = css`
  :host {
    --aiwb-surface: var(--vscode-notebook-outputContainerBackgroundColor, var(--vscode-editor-background));
    /* What a notebook leaves free on both sides of an output. */
    --aiwb-inset: 100px;
    padding: 4px 0 8px;
  }
  .output {
    display: flex;
    flex-direction: column;
    gap: 10px;
    min-width: 0;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
  }
  .name {
    font-weight: 600;
    overflow-wrap: anywhere;
    min-width: 0;
  }
  .as {
    margin-inline-start: -8px;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr));
    gap: 16px 24px;
  }
  .charts > * {
    min-width: 0;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-inline-start: auto;
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    border-top: 1px solid var(--aiwb-line);
    padding-top: 4px;
  }
  .bar > button {
    padding: 2px 2px 2px 0;
    border-bottom: 2px solid transparent;
    color: var(--vscode-descriptionForeground);
    white-space: nowrap;
  }
  .bar > button .icon {
    width: 12px;
    height: 12px;
    vertical-align: -1px;
  }
  .bar > button:hover,
  .bar > button[aria-expanded='true'] {
    color: var(--vscode-foreground);
  }
  .bar > button[aria-expanded='true'] {
    border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder));
  }
  #part {
    min-width: 0;
    padding-top: 8px;
  }
  #part[hidden] {
    display: none;
  }
  @media (forced-colors: active) {
    .bar > button {
      border-bottom-color: Canvas;
    }
    .bar > button[aria-expanded='true'] {
      border-bottom-color: Highlight;
    }
  }
`;
