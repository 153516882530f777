import { Link } from '@tanstack/react-router';
import { paths } from '../app/paths.ts';
import type { Operations } from '../data/types.ts';
import { StateBadge } from '../settings/state-badge.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';

type Endpoint = NonNullable<Operations['webhooks']>[number];

/** Whether those who subscribed to events get them. */
export function WebhookHealth({ endpoints }: { endpoints: readonly Endpoint[] }) {
  const t = useTexts();
  const times = useTimes();
  const o = t.operations;
  return (
    <section className="rounded-lg border border-line p-4">
      <div className="mb-3 flex items-baseline justify-between gap-3">
        <h2 className="text-[13px] font-medium">{o.webhooks}</h2>
        <Link to={paths.settingsSection} params={{ section: 'webhooks' }} className="text-xs text-accent-text underline underline-offset-2">
          {o.deliveries}
        </Link>
      </div>
      {endpoints.length === 0 && <p className="text-[13px] text-soft">{o.noWebhooks}</p>}
      <ul className="flex flex-col divide-y divide-line">
        {endpoints.map((one) => (
          <li key={one.webhook_endpoint_id} className="flex items-center gap-3 py-2 text-[13px]">
            <span className="min-w-0 flex-1">
              <span className="block truncate">{one.description || one.webhook_endpoint_id}</span>
              <span className="text-xs text-faint">
                {o.backlog(one.pending)}
                {one.dead > 0 && ` · ${o.givenUp(one.dead)}`}
                {one.failing_since !== null && ` · ${o.failingSince(times.full(one.failing_since))}`}
              </span>
            </span>
            <StateBadge tone={toneOf(one)}>{stateOf(one, t.settings)}</StateBadge>
          </li>
        ))}
      </ul>
    </section>
  );
}

function toneOf({ enabled, failing_since }: Endpoint): 'off' | 'wait' | 'good' {
  if (!enabled) return 'off';
  return failing_since === null ? 'good' : 'wait';
}

function stateOf({ enabled, failing_since }: Endpoint, s: { off: string; on: string; failing: string }): string {
  if (!enabled) return s.off;
  return failing_since === null ? s.on : s.failing;
}
