import { css } from 'lit';

export const frameworkMapStyles = css`
  .framework {
    margin-top: 12px;
    overflow-wrap: anywhere;
  }
  h4 {
    margin: 8px 0 4px;
    font-size: 1em;
    font-weight: normal;
    color: var(--vscode-descriptionForeground);
  }
  .counts {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
  }
  .groups,
  .loose > .cells {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 200px), 1fr));
    gap: 4px;
    align-items: start;
  }
  .groups {
    gap: 4px 8px;
  }
  .cells {
    display: grid;
    gap: 4px;
  }
  .cell {
    display: flex;
    gap: 6px;
    padding: 4px 8px;
    border: 1px solid var(--aiwb-line);
    border-radius: 3px;
    min-width: 0;
    break-inside: avoid;
  }
  .cell > div {
    min-width: 0;
  }
  .cell > .icon {
    margin-top: 2px;
  }
  .cell.not-satisfied {
    border-color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
  }
  .cell.not-mapped {
    border-style: dashed;
    color: var(--vscode-descriptionForeground);
  }
  .controls {
    display: block;
    font-size: 0.9em;
  }
  summary {
    cursor: pointer;
    margin: 8px 0 4px;
    color: var(--vscode-descriptionForeground);
  }
`;
