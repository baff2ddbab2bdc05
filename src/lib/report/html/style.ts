/** Follows the reader's choice of light or dark; nothing is loaded. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2128;--dim:#59636e;--rule:#dfe3e8;--wait:#c3cad2;--drain:#d9a21b;--swap:#8250df;--gate:#2f81f7;--soak:#1a9c95;--in:#2da44e;--bad:#cf222e;--p50:#2f81f7;--p99:#bc4c00}
@media(prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--dim:#9198a1;--rule:#2b323b;--wait:#4b5563;--drain:#d9a21b;--swap:#a371f7;--gate:#4493f8;--soak:#2bb8b0;--in:#3fb950;--bad:#f85149;--p50:#58a6ff;--p99:#f0883e}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1080px;padding:24px 20px 48px;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:22px;margin:0}.back{margin-top:48px}h2{font-size:16px;margin:32px 0 8px}
p{margin:4px 0}.dim{color:var(--dim)}
.verdict{display:inline-block;padding:1px 10px;border-radius:12px;color:#fff;background:var(--dim);font-size:13px}
.verdict.done{background:#1a7f37}.verdict.partial,.verdict.reverted,.verdict.failed{background:#cf222e}
.figures{display:flex;flex-wrap:wrap;gap:12px 40px;margin:20px 0 0;padding:0}
.figures div{min-width:110px}.figures dt{color:var(--dim);font-size:13px}.figures dd{margin:0;font-size:22px;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}svg{display:block;width:100%;min-width:640px;height:auto}
svg text{fill:var(--dim);font:12px system-ui,sans-serif;dominant-baseline:middle}svg .name{fill:var(--ink);text-anchor:end}.tick.left{text-anchor:end}.tick.below{text-anchor:middle}
.rule{stroke:var(--rule)}.bound{stroke:var(--dim);stroke-dasharray:3 4}
.bar{fill:var(--wait)}.bar.drain{fill:var(--drain)}.bar.activate{fill:var(--swap)}.bar.gate{fill:var(--gate)}.bar.soak{fill:var(--soak)}.bar.undrain{fill:var(--in)}.bar.revert,.bar.failed{fill:var(--bad)}
polyline{fill:none;stroke-width:1.6;stroke-linejoin:round}.p50{stroke:var(--p50)}.p99{stroke:var(--p99)}.lost{fill:var(--bad);opacity:.75}.touch{fill:transparent}.touch:hover{fill:var(--dim);opacity:.15}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;padding:0;margin:8px 0 0;list-style:none;color:var(--dim);font-size:13px}
.key i{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:6px;vertical-align:-1px;background:var(--wait)}
.key .drain{background:var(--drain)}.key .activate{background:var(--swap)}.key .gate{background:var(--gate)}.key .soak{background:var(--soak)}.key .undrain{background:var(--in)}.key .revert,.key .lost{background:var(--bad);opacity:1}.key .p50,.key .p99{height:3px;vertical-align:3px}.key .p50{background:var(--p50)}.key .p99{background:var(--p99)}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:4px 20px 4px 0;text-align:right;border-bottom:1px solid var(--rule);font-weight:400}th{color:var(--dim)}th:first-child,td:first-child,td.word,th.word{text-align:left}
@media print{body{max-width:none}}
`.trim()
