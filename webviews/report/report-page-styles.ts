import { css } from 'lit';

export const reportPageStyles = css`
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
  section.facts {
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
  @media (max-width: 480px) {
    main {
      padding: 12px 12px 32px;
    }
  }
  @media print {
    main {
      max-width: none;
      padding: 0;
    }
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
