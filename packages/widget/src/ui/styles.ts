import { textOn } from '../theme.ts';

/** All of it in a sheet of its own: nothing is written into the page, so no policy has to allow inline styles. */
export function sheetFor(o: { color: string; left: boolean; theme: string }): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css(o));
  return sheet;
}

const dark = '--bg:#16181d;--fg:#f2f3f5;--soft:#262a33;--dim:#b3b9c5;--line:#3a404c;--link:#9cc2ff;--bad:#ff9b91';
const light = '--bg:#fff;--fg:#1b1d22;--soft:#eef0f4;--dim:#565d6b;--line:#d5d9e1;--link:#0b4fbd;--bad:#b3261e';

function css({ color, left, theme }: { color: string; left: boolean; theme: string }): string {
  const side = left ? 'left' : 'right';
  const scheme = theme === 'dark' ? dark : light;
  return `
:host{all:initial}
*{box-sizing:border-box}
[hidden]{display:none!important}
.w{${scheme};--a:${color};--on:${textOn(color)};position:fixed;z-index:2147483000;bottom:16px;${side}:16px;font:15px/1.45 system-ui,sans-serif;color:var(--fg)}
${theme === 'auto' ? `@media (prefers-color-scheme:dark){.w{${dark}}}` : ''}
button,textarea{font:inherit;color:inherit}
button{cursor:pointer;border:0;background:none;padding:0}
:focus-visible{outline:3px solid var(--fg);outline-offset:2px;box-shadow:0 0 0 2px var(--bg)}
svg{width:24px;height:24px;fill:currentColor;display:block}
.launch{width:56px;height:56px;border-radius:50%;background:var(--a);color:var(--on);display:grid;place-items:center;box-shadow:0 4px 16px #0005;position:relative;margin-${left ? 'right' : 'left'}:auto}
.badge{position:absolute;top:-4px;${side}:-4px;min-width:22px;height:22px;border-radius:11px;padding:0 6px;background:#b3261e;color:#fff;font-size:13px;line-height:22px;text-align:center}
.panel{width:376px;max-width:calc(100vw - 32px);height:560px;max-height:calc(100vh - 32px);max-height:calc(100dvh - 32px);display:flex;flex-direction:column;background:var(--bg);border:1px solid var(--line);border-radius:16px;overflow:hidden;box-shadow:0 8px 40px #0006;animation:in .16s ease-out}
@keyframes in{from{opacity:0;transform:translateY(12px)}}
.head{background:var(--a);color:var(--on);padding:12px 12px 12px 16px;display:flex;gap:8px;align-items:flex-start}
.head div{flex:1;min-width:0}
h2{font-size:16px;line-height:1.3;margin:0;overflow-wrap:anywhere}
.mode{margin:2px 0 0;font-size:13px}
.close{width:36px;height:36px;border-radius:8px;display:grid;place-items:center}
.head :focus-visible{outline-color:var(--on);box-shadow:none}
.log{flex:1;overflow-y:auto;overscroll-behavior:contain;padding:12px 16px;display:flex;flex-direction:column;gap:8px}
.log:focus-visible{outline-offset:-3px;box-shadow:none}
.more{align-self:center;color:var(--link);text-decoration:underline;padding:6px}
.m{max-width:86%;align-self:flex-start;overflow-wrap:anywhere}
.m.mine{align-self:flex-end}
.name{font-size:12px;color:var(--dim);margin:0 0 2px}
.text{background:var(--soft);border-radius:14px;padding:8px 12px;white-space:pre-wrap}
.mine .text{background:var(--a);color:var(--on);width:fit-content;margin-inline-start:auto}
.text a{color:var(--link)}
.mine .text a{color:inherit}
.file{display:block;margin-top:4px;color:var(--link)}
.file img{max-width:100%;max-height:240px;border-radius:10px;display:block}
.state{font-size:12px;color:var(--dim);margin:2px 0 0;text-align:end}
.state.bad{color:var(--bad)}
.state button{color:var(--link);text-decoration:underline;margin-inline-start:8px}
.status{margin:0;padding:0 16px 6px;font-size:13px;color:var(--dim);min-height:26px}
form{display:flex;gap:8px;align-items:flex-end;padding:10px 12px;border-top:1px solid var(--line)}
textarea{flex:1;min-width:0;resize:none;height:44px;max-height:132px;border:1px solid var(--dim);border-radius:12px;padding:9px 12px;background:var(--bg);font-size:16px}
textarea::placeholder{color:var(--dim);opacity:1}
.send{width:44px;height:44px;flex:none;border-radius:12px;background:var(--a);color:var(--on);display:grid;place-items:center}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){.w.open{inset:0}.panel{width:100%;max-width:100%;height:100%;max-height:100%;border:0;border-radius:0}}
@media (prefers-reduced-motion:reduce){.panel{animation:none}}
@media (forced-colors:active){.launch,.send,.text,.head,.close{border:1px solid}}
@media print{.w{display:none}}
`;
}
