/** How an entry of the sidebar looks. */
export const sideLink =
  'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-[13px] text-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink';
