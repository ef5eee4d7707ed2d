import { css } from 'lit';

/**
 * The variables a self-contained HTML file would have got from VS Code: its light and dark colours, by the reader's own
 * preference. Printing is always light.
 */
export const fallbackTheme = css`
  :root {
    color-scheme: light;
    --vscode-font-family: system-ui, -apple-system, 'Segoe UI', 'Ubuntu', 'Droid Sans', sans-serif;
    --vscode-font-size: 13px;
    --vscode-font-weight: normal;
    --vscode-editor-font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
    --vscode-editor-font-size: 12px;
    --vscode-foreground: #3b3b3b;
    --vscode-editor-foreground: #3b3b3b;
    --vscode-editor-background: #ffffff;
    --vscode-descriptionForeground: #616161;
    --vscode-errorForeground: #c72e0f;
    --vscode-focusBorder: #005fb8;
    --vscode-textLink-foreground: #005fb8;
    --vscode-textCodeBlock-background: #f4f4f4;
    --vscode-editorWidget-border: #e5e5e5;
    --vscode-widget-border: #cecece;
    --vscode-list-hoverBackground: #f2f2f2;
    --vscode-list-warningForeground: #855f00;
    --vscode-testing-iconPassed: #287d3c;
    --vscode-testing-iconFailed: #c72e0f;
    --vscode-progressBar-background: #005fb8;
    --vscode-button-background: #005fb8;
    --vscode-button-foreground: #ffffff;
    --vscode-button-hoverBackground: #0258a8;
    --vscode-button-secondaryBackground: #e5e5e5;
    --vscode-button-secondaryForeground: #3b3b3b;
    --vscode-button-secondaryHoverBackground: #cccccc;
    --vscode-input-background: #ffffff;
    --vscode-input-foreground: #3b3b3b;
    --vscode-input-placeholderForeground: #767676;
    --vscode-settings-textInputBackground: #ffffff;
    --vscode-settings-textInputForeground: #3b3b3b;
    --vscode-settings-textInputBorder: #cecece;
    --vscode-settings-dropdownBackground: #ffffff;
    --vscode-settings-dropdownForeground: #3b3b3b;
    --vscode-settings-dropdownBorder: #cecece;
    --vscode-settings-dropdownListBorder: #cecece;
    --vscode-list-activeSelectionBackground: #e8e8e8;
    --vscode-list-activeSelectionForeground: #000000;
    --vscode-list-hoverForeground: #3b3b3b;
    --vscode-charts-foreground: #3b3b3b;
    --vscode-charts-lines: #3b3b3b80;
    --vscode-charts-blue: #0063d3;
    --vscode-charts-green: #388a34;
    --vscode-charts-red: #c72e0f;
    --vscode-charts-orange: #b5591f;
    --vscode-charts-purple: #652d90;
    --vscode-charts-yellow: #855f00;
  }
  @media screen and (prefers-color-scheme: dark) {
    :root {
      color-scheme: dark;
      --vscode-foreground: #cccccc;
      --vscode-editor-foreground: #cccccc;
      --vscode-editor-background: #1f1f1f;
      --vscode-descriptionForeground: #9d9d9d;
      --vscode-errorForeground: #f85149;
      --vscode-focusBorder: #0078d4;
      --vscode-textLink-foreground: #4daafc;
      --vscode-textCodeBlock-background: #2b2b2b;
      --vscode-editorWidget-border: #313131;
      --vscode-widget-border: #454545;
      --vscode-list-hoverBackground: #2a2d2e;
      --vscode-list-warningForeground: #cca700;
      --vscode-testing-iconPassed: #73c991;
      --vscode-testing-iconFailed: #f14c4c;
      --vscode-progressBar-background: #0078d4;
      --vscode-button-background: #0078d4;
      --vscode-button-foreground: #ffffff;
      --vscode-button-hoverBackground: #026ec1;
      --vscode-button-secondaryBackground: #313131;
      --vscode-button-secondaryForeground: #cccccc;
      --vscode-button-secondaryHoverBackground: #3c3c3c;
      --vscode-input-background: #313131;
      --vscode-input-foreground: #cccccc;
      --vscode-input-placeholderForeground: #989898;
      --vscode-settings-textInputBackground: #313131;
      --vscode-settings-textInputForeground: #cccccc;
      --vscode-settings-textInputBorder: #3c3c3c;
      --vscode-settings-dropdownBackground: #313131;
      --vscode-settings-dropdownForeground: #cccccc;
      --vscode-settings-dropdownBorder: #3c3c3c;
      --vscode-settings-dropdownListBorder: #454545;
      --vscode-list-activeSelectionBackground: #04395e;
      --vscode-list-activeSelectionForeground: #ffffff;
      --vscode-list-hoverForeground: #cccccc;
      --vscode-charts-foreground: #cccccc;
      --vscode-charts-lines: #cccccc80;
      --vscode-charts-blue: #59a4f9;
      --vscode-charts-green: #89d185;
      --vscode-charts-red: #f14c4c;
      --vscode-charts-orange: #d18616;
      --vscode-charts-purple: #b180d7;
      --vscode-charts-yellow: #cca700;
    }
  }
`;
