import { css } from 'lit';

/** A page's column: sections under one another, parted by a line. */
export const pageStyles = css`
  main {
    display: flex;
    flex-direction: column;
    gap: 16px;
    max-width: 1280px;
    padding: 16px 24px 48px;
  }
  section {
    min-width: 0;
    padding-top: 12px;
    border-top: 1px solid var(--aiwb-line);
  }
  h2 {
    font-size: 1.15em;
  }
  .standing {
    margin-bottom: 4px;
  }
  .charts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
    gap: 24px;
  }
  .charts > * {
    min-width: 0;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
    gap: 16px 24px;
  }
  @media (max-width: 480px) {
    main {
      padding: 12px 12px 32px;
    }
  }
  @media print {
    main {
      display: block;
      max-width: none;
      padding: 0;
    }
    main > * {
      margin-bottom: 16px;
    }
    h2 {
      break-after: avoid;
    }
  }
`;

/** A page's head: name and facts on one side, buttons on the other. */
export const headerStyles = css`
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 24px;
    justify-content: space-between;
    align-items: flex-start;
  }
  .about {
    flex: 1 1 260px;
    min-width: 0;
  }
  h1 {
    font-size: 1.55em;
    line-height: 1.3;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    column-gap: 16px;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  .state {
    color: var(--vscode-foreground);
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
`;

/** The document around the page. VS Code's own default gives webviews a body margin. */
export const documentStyles = css`
  body {
    margin: 0;
    padding: 0;
    background: var(--vscode-editor-background);
    color: var(--vscode-foreground);
  }
`;
