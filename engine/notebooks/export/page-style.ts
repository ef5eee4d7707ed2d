/** The page's one style sheet: the reader's own colours and fonts, a phone's width, paper. */
export const pageStyle = `:root{color-scheme:light dark;--rule:rgba(128,128,128,.45);--key:#0550ae;--text:#0a5c2e;--note:#57606a}
@media (prefers-color-scheme:dark){:root{--key:#79c0ff;--text:#a5d6a7;--note:#a3acb6}}
*{box-sizing:border-box}
html{background:Canvas;color:CanvasText}
body{margin:0 auto;max-width:58rem;padding:1rem;font:1rem/1.55 system-ui,sans-serif;overflow-wrap:break-word}
h1,h2,h3,h4,h5,h6{line-height:1.25;margin:1.4em 0 .5em}
pre,code{font:.875rem/1.45 ui-monospace,monospace}
pre{overflow-x:auto;padding:.6rem .75rem;border:1px solid var(--rule);border-radius:4px;margin:.75rem 0}
img,svg{max-width:100%;height:auto}
table{border-collapse:collapse}
main th,main td{padding:.2em .75em .2em 0;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}
blockquote{margin:1em 0;padding-left:1em;border-left:3px solid var(--rule)}
nav{border:1px solid var(--rule);border-radius:4px;padding:.5rem 1rem;margin:1rem 0}
nav ul{list-style:none;margin:0;padding:0}
nav li{margin:.15em 0}
section{margin:1rem 0}
.cell,.kind{color:var(--note);font-size:.8125rem;margin:1rem 0 0}
.wide{overflow-x:auto}
.k{color:var(--key)}.s{color:var(--text)}.c{color:var(--note);font-style:italic}
.output{border-left:3px solid var(--rule);padding-left:.75rem}
@media print{body{max-width:none;padding:0}nav{display:none}pre{white-space:pre-wrap;overflow:visible}table,img,svg{break-inside:avoid}h1,h2,h3{break-after:avoid}}
`;
