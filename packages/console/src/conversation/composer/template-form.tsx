import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import type { Conversation } from '../../data/types.ts';
import { useApi } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field, inputLook } from '../../ui/field.tsx';
import { sayError } from '../errors.ts';

/** The one thing that may be sent outside WhatsApp's window. */
export function TemplateForm({ conversation }: { conversation: Conversation }) {
  const t = useTexts();
  const api = useApi();
  const send = useMutation({
    mutationFn: (given: { name: string; language: string; parameters: string[] }) =>
      api.sendTemplate({
        body: {
          agent_id: conversation.agent_id,
          channel: 'whatsapp',
          from_number: conversation.to_number,
          to_number: conversation.from_number,
          template_name: given.name,
          language_code: given.language,
          parameters: given.parameters,
        },
      }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const parameters = String(data.get('parameters')).split('\n').filter(Boolean);
    send.mutate({ name: String(data.get('name')), language: String(data.get('language')), parameters }, { onSuccess: () => form.reset() });
  };
  return (
    <form onSubmit={submit} aria-label={t.template.title} className="flex flex-col gap-3 rounded-xl border border-line-strong p-3">
      <div className="grid gap-3 sm:grid-cols-[1fr_8rem]">
        <Field label={t.template.name}>{(given) => <input {...given} name="name" required className={inputLook} />}</Field>
        <Field label={t.template.language}>
          {(given) => <input {...given} name="language" required defaultValue="en_US" className={inputLook} />}
        </Field>
      </div>
      <Field label={t.template.parameters} {...(send.error && { error: sayError(send.error, t) })}>
        {(given) => <textarea {...given} name="parameters" rows={2} className={inputLook} />}
      </Field>
      <Button type="submit" look="primary" disabled={send.isPending} className="self-end">
        {t.template.send}
      </Button>
    </form>
  );
}
