import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { sayError } from '../../conversation/errors.ts';
import { useApi, useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, inputLook } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';

/** What an agent's AI would say: nothing of it is stored or sent. */
export function TestTurn({ agentId, name }: { agentId: string; name: string }) {
  const t = useTexts();
  const times = useTimes();
  const api = useApi();
  const { role } = useSession();
  const [open, setOpen] = useState(false);
  const turn = useMutation({ mutationFn: (text: string) => api.testTurn({ path: { agent_id: agentId }, body: { text } }) });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    turn.mutate(String(new FormData(event.currentTarget).get('text')));
  };
  const said = turn.data;
  return (
    <>
      <Button size="small" disabled={role !== 'owner'} onClick={() => setOpen(true)}>
        {t.settings.try}
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title={`${t.settings.try}: ${name}`} description={t.settings.tryHint}>
        <form onSubmit={submit} className="mt-4 flex flex-col gap-4">
          <Field label={t.authors.contact}>{(given) => <textarea {...given} name="text" rows={2} required className={inputLook} />}</Field>
          {turn.error && <Notice tone="danger">{sayError(turn.error, t)}</Notice>}
          {said && (
            <div role="status" className="flex flex-col gap-2">
              {said.error !== null && <Notice tone="danger">{said.error}</Notice>}
              {said.handoff !== null && (
                <Notice tone="warn">
                  {t.why.handed_off}: {said.handoff.reason}
                </Notice>
              )}
              {said.messages.map((message, index) => (
                <p
                  key={`${index}-${message.text}`}
                  className="self-end rounded-2xl rounded-br-md bg-accent-soft px-3.5 py-2 whitespace-pre-wrap"
                >
                  {message.text}
                </p>
              ))}
              <p className="text-right text-xs text-faint">
                {said.result === 'silent' && `${t.why.silent} · `}
                {times.duration(said.latency_ms)}
              </p>
            </div>
          )}
          <Button type="submit" look="primary" disabled={turn.isPending} className="self-end">
            {t.settings.try}
          </Button>
        </form>
      </Dialog>
    </>
  );
}
