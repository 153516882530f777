/** A text with the part that was looked for made plain, from a little before it on. */
export function Marked({ text, part }: { text: string; part: string }) {
  const at = text.toLocaleLowerCase().indexOf(part.toLocaleLowerCase());
  if (at === -1 || part === '') return text;
  const from = at > 40 ? at - 30 : 0;
  return (
    <>
      {from > 0 && '…'}
      {text.slice(from, at)}
      <mark className="rounded-sm bg-warn-soft text-warn-text">{text.slice(at, at + part.length)}</mark>
      {text.slice(at + part.length)}
    </>
  );
}
