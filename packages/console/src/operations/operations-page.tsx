import { CircleAlert } from 'lucide-react';
import { useState } from 'react';
import { MenuButton } from '../app/menu-button.tsx';
import { sayError } from '../conversation/errors.ts';
import { useSession } from '../session/session.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Notice } from '../ui/notice.tsx';
import { Consumers } from './consumers.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Outcomes } from './outcomes.tsx';
import { Summary } from './summary.tsx';
import { TrafficCharts } from './traffic-charts.tsx';
import { type Span, spans, useOperations } from './use-operations.ts';
import { WebhookHealth } from './webhook-health.tsx';

/** How the workspace fares, at one glance. */
export function OperationsPage() {
  const t = useTexts();
  const o = t.operations;
  const { role } = useSession();
  const [minutes, setMinutes] = useState<Span>(60);
  const { data, error } = useOperations(minutes);
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-4 md:px-6">
        <MenuButton />
        <h1 className="flex-1 text-[15px] font-semibold">{t.nav.operations}</h1>
        <select
          aria-label={o.span}
          value={minutes}
          onChange={(event) => setMinutes(Number(event.target.value) as Span)}
          className="h-8 rounded-md border border-line-strong bg-ground px-2 text-[13px]"
        >
          {spans.map((one) => (
            <option key={one} value={one}>
              {o.spans[one]}
            </option>
          ))}
        </select>
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto p-4 md:p-6">
        <div className="mx-auto flex max-w-6xl flex-col gap-6">
          {error && (
            <Notice tone="danger" icon={CircleAlert} live>
              {sayError(error, t)}
            </Notice>
          )}
          {data && data.unavailable.length > 0 && (
            <Notice tone="warn" icon={CircleAlert} live>
              {o.unavailable(data.unavailable.join(', '))}
            </Notice>
          )}
          {data && <Summary figures={data} />}
          {data?.traffic && <TrafficCharts traffic={data.traffic} />}
          <div className="grid gap-6 lg:grid-cols-2">
            {data?.traffic && <Outcomes outcomes={data.traffic.outcomes} />}
            {data?.webhooks && <WebhookHealth endpoints={data.webhooks} />}
          </div>
          {data?.consumers && <Consumers consumers={data.consumers} />}
          {role === 'owner' && <DeadLetters />}
        </div>
      </main>
    </div>
  );
}
