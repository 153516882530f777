import { useState } from 'react';
import type { Replay } from '../../data/types.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Button } from '../../ui/button.tsx';
import { RowAction } from '../row-action.tsx';
import { Section } from '../section.tsx';
import { StateBadge } from '../state-badge.tsx';
import { Table } from '../table.tsx';
import { NewReplay } from './new-replay.tsx';
import { SideBySide } from './side-by-side.tsx';
import { isRunning, useReplays } from './use-replays.ts';

const tones = { queued: 'wait', running: 'wait', completed: 'good', cancelled: 'off', failed: 'bad' } as const;

/** Past turns put to another AI, so that a change can be judged before customers meet it. */
export function Replays() {
  const t = useTexts();
  const s = t.settings;
  const query = useReplays();
  const [openId, setOpenId] = useState<string>();
  const open = query.data?.find(({ replay_id }) => replay_id === openId);
  if (open) return <SideBySide replay={open} onBack={() => setOpenId(undefined)} />;
  return (
    <Section title={s.sections.replays[0]} hint={s.sections.replays[1]} query={query} actions={<NewReplay />}>
      <Table
        label={s.sections.replays[0]}
        rows={query.data ?? []}
        idOf={({ replay_id }) => replay_id}
        empty={s.comparison.none}
        columns={[
          { title: s.name, cell: (replay) => <Named replay={replay} /> },
          {
            title: s.state,
            cell: ({ status, error }) => (
              <span title={error ?? undefined}>
                <StateBadge tone={tones[status]}>{s.comparison.statuses[status]}</StateBadge>
              </span>
            ),
          },
          { title: s.comparison.progress, cell: (replay) => <Progress replay={replay} /> },
          {
            title: s.comparison.tokens,
            cell: ({ usage }) => (usage.input_tokens + usage.output_tokens).toLocaleString(),
            wideOnly: true,
          },
          {
            title: s.actions,
            cell: (replay) => <Actions replay={replay} onOpen={() => setOpenId(replay.replay_id)} />,
          },
        ]}
      />
    </Section>
  );
}

function Named({ replay }: { replay: Replay }) {
  const times = useTimes();
  const { kinds } = useTexts().settings.agent;
  const { backend } = replay;
  return (
    <>
      <span className="block font-medium">{replay.name || backend.model || kinds[backend.kind]}</span>
      <span className="text-xs text-faint">
        {kinds[backend.kind]} · {times.full(replay.created_at)}
      </span>
    </>
  );
}

function Progress({ replay }: { replay: Replay }) {
  const { comparison: r } = useTexts().settings;
  const { total, done, failed, skipped } = replay.counts;
  const settled = done + failed + skipped;
  return (
    <span className="flex items-center gap-2">
      <progress
        max={Math.max(total, 1)}
        value={settled}
        aria-label={r.progress}
        className="h-2 w-24 appearance-none overflow-hidden rounded bg-hover [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-accent"
      />
      <span className="tabular-nums">
        {settled}/{total}
      </span>
      {failed > 0 && <span className="text-xs text-danger-text">{r.failed(failed)}</span>}
    </span>
  );
}

function Actions({ replay, onOpen }: { replay: Replay; onOpen: () => void }) {
  const api = useApi();
  const s = useTexts().settings;
  const path = { replay_id: replay.replay_id };
  return (
    <span className="flex gap-1.5">
      <Button size="small" onClick={onOpen}>
        {s.comparison.compare}
      </Button>
      {isRunning(replay) ? (
        <RowAction label={s.comparison.cancel} run={() => api.cancelReplay({ path })} />
      ) : (
        <RowAction label={s.delete} confirm={s.deleteText} run={() => api.deleteReplay({ path })} />
      )}
    </span>
  );
}
