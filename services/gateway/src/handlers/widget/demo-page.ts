import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { App } from '../../context.ts';

const schema = {
  hide: true,
  querystring: Type.Object(
    {
      channel: Type.String({ pattern: '^chn_[0-9a-z]{26}$' }),
      language: Type.Optional(Type.String({ pattern: '^[a-z]{2}$' })),
      color: Type.Optional(Type.String({ pattern: '^[0-9a-f]{6}$' })),
    },
    { additionalProperties: false },
  ),
};

const style = `body{font:17px/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color:#1b1d22;background:#fff}
code{background:#eef0f4;padding:.1em .3em;border-radius:4px}a{color:#0b4fbd}`;

/** `GET /widget/demo?channel=chn_…`: a page of a shop that is none, to try the widget on, under as strict a policy as a page can have. */
export function demoPage(app: App, o: { ingestUrl: string }): void {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    `connect-src 'self' ${new URL(o.ingestUrl).origin}`,
    'img-src https: http: data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  app.get('/widget/demo', { schema }, async (request, reply) => {
    const { channel, language = 'en', color } = request.query;
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', policy)
      .header('cache-control', 'no-store')
      .serializer(String)
      .send(page({ channel, language, color }));
  });
}

/** What stands in it matches a pattern that holds no markup. */
function page({ channel, language, color }: { channel: string; language: string; color: string | undefined }): string {
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>Baton: the widget</title>
<style>${style}</style>
<h1>A page with a chat</h1>
<p>The button in the corner opens it. What you write is a conversation like any other: read it, answer it or take it over through the <a href="/docs">API</a>, and see here who answers.</p>
<p>Write while you are offline, reload, open a second tab: nothing is lost and nothing comes twice. This page is one line: <code>&lt;script src="/widget.js" data-channel="${channel}" async&gt;&lt;/script&gt;</code></p>
<script src="/widget.js" data-channel="${channel}" data-language="${language}"${color === undefined ? '' : ` data-color="#${color}"`} async></script>
</html>
`;
}
