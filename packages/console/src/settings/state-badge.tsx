const tones = {
  good: 'bg-human-soft text-human-text',
  bad: 'bg-danger-soft text-danger-text',
  wait: 'bg-warn-soft text-warn-text',
  off: 'bg-hover text-soft',
} as const;

export function StateBadge({ tone, children }: { tone: keyof typeof tones; children: string }) {
  return (
    <span className={`inline-flex rounded px-1.5 text-xs leading-[18px] font-medium whitespace-nowrap ${tones[tone]}`}>{children}</span>
  );
}
