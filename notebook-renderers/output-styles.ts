import { css } from 'lit';

/** What every output starts from: a column of parts under a line with its name and buttons. */
export const outputStyles = css`
  :host {
    --aiwb-surface: var(--vscode-notebook-outputContainerBackgroundColor, var(--vscode-editor-background));
    padding: 4px 0 8px;
  }
  .output {
    display: flex;
    flex-direction: column;
    gap: 12px;
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
    gap: 6px;
    margin-inline-start: auto;
  }
`;
